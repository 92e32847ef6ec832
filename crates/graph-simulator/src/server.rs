//! The HTTP server and its threads.

use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::dev::{Extensions, ServerHandle};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};

use crate::config::SimulatorConfig;
use crate::simulator::Simulator;
use crate::webhook;
use crate::world::World;
use crate::{control, graph, twilio, vonage};

/// Meta refuses larger requests too; nothing here comes near it.
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// Longer than a client's pool keeps a connection, so that the client's end closes first.
const KEEP_ALIVE: Duration = Duration::from_secs(90);

/// What stops a running server.
pub(crate) struct Running(ServerHandle);

impl Running {
    pub(crate) fn stop(self) {
        // The command is on its way before the future is polled; the thread's end is the answer.
        drop(self.0.stop(false));
    }
}

/// The raw connection of a request, for the faults that cut it.
pub(crate) struct Wire(TcpStream);

impl Wire {
    pub(crate) fn cut(&self) {
        // A connection that is gone already is as cut as it can be.
        drop(self.0.shutdown(std::net::Shutdown::Both));
    }
}

pub(crate) fn start(config: SimulatorConfig) -> io::Result<Simulator> {
    let listener = TcpListener::bind(config.listen)?;
    let address = listener.local_addr()?;
    let world = Arc::new(World::new(config));
    let (started, handle) = mpsc::channel();
    let shared = Arc::clone(&world);
    let thread = thread::Builder::new()
        .name("graph-simulator".to_owned())
        .spawn(move || run(shared, listener, address, &started))?;
    match handle.recv() {
        Ok(handle) => Ok(Simulator::assemble(world, address, Running(handle), thread)),
        Err(_) => Err(thread.join().map_or_else(
            |_| io::Error::other("the simulator's thread panicked"),
            |end| {
                end.err()
                    .unwrap_or_else(|| io::Error::other("the simulator ended at its start"))
            },
        )),
    }
}

fn run(
    world: Arc<World>,
    listener: TcpListener,
    address: SocketAddr,
    started: &mpsc::Sender<ServerHandle>,
) -> io::Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let workers = world.config.workers.max(1);
        actix_web::rt::spawn(webhook::deliver_waiting(Arc::clone(&world)));
        actix_web::rt::spawn(Arc::clone(&world).end_reviews_in_time());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(Data::from(Arc::clone(&world)))
                .app_data(Data::new(webhook::client()))
                .app_data(web::PayloadConfig::new(BODY_MAX_BYTES))
                .default_service(web::to(answer))
        })
        .workers(workers)
        .keep_alive(KEEP_ALIVE)
        .on_connect(keep_wire)
        .disable_signals()
        .server_hostname(address.to_string())
        .listen(listener)?
        .run();
        // Nobody waits for the handle any more when the caller has gone.
        drop(started.send(server.handle()));
        server.await
    })
}

async fn answer(
    request: HttpRequest,
    body: Bytes,
    world: Data<World>,
    client: Data<awc::Client>,
) -> HttpResponse {
    if let Some(call) = request.path().strip_prefix("/_simulator/") {
        return control::answer(&world, &client, &request, call, &body).await;
    }
    if let Some(vonage) = &world.config.vonage
        && request.path() == vonage::PATH
    {
        return vonage::answer(&world, vonage, &request, &body).await;
    }
    if let Some(twilio) = &world.config.twilio
        && let Some(rest) = request.path().strip_prefix(twilio::PREFIX)
    {
        return twilio::answer(&world, twilio, &request, rest, &body).await;
    }
    graph::answer(&world, &client, &request, &body).await
}

fn keep_wire(connection: &dyn Any, extensions: &mut Extensions) {
    let connection = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
    let copy = connection.and_then(|stream| stream.as_fd().try_clone_to_owned().ok());
    if let Some(copy) = copy {
        extensions.insert(Wire(TcpStream::from(copy)));
    }
}
