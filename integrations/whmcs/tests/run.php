<?php
/**
 * Drives the hook file through a stand-in for WHMCS against a real server. One line a check; the exit code is the verdict.
 *
 *     OTP_URL=http://127.0.0.1:3000 OTP_API_KEY=.. SIMULATOR_URL=http://127.0.0.1:9100 php integrations/whmcs/tests/run.php
 *
 * The server sends by the simulator, which shows the codes. Every run needs phones that were not used lately: TEST_PHONES is
 * what they begin with. With OTP_COOLDOWN_SECONDS (the server's limits.cooldown_seconds) at most 5, sending again is tried.
 */

$server = rtrim(needed('OTP_URL'), '/');
$key = needed('OTP_API_KEY');
$simulator = rtrim(needed('SIMULATOR_URL'), '/');
$phones = getenv('TEST_PHONES') ?: '+1415200';
$cooldown = (int) (getenv('OTP_COOLDOWN_SECONDS') ?: 60);

$failures = 0;
$processes = [];
$folders = [];
register_shutdown_function('tidy_up');

// ---- how things are done here

function needed(string $name): string
{
    $value = getenv($name);
    if ($value === false || $value === '') {
        fwrite(STDERR, "error: $name is not set\nhint: the head of this file says what it needs\n");
        exit(2);
    }
    return $value;
}

function check(string $sentence, bool $holds, string $seen = ''): void
{
    global $failures;
    $failures += $holds ? 0 : 1;
    echo $holds ? 'ok      ' : 'FAILED  ', $sentence, "\n";
    if (!$holds && $seen !== '') {
        echo '        seen: ', trim(preg_replace('/\s+/', ' ', strip_tags($seen))), "\n";
    }
}

/** Waits for something that takes as long as it takes, but not for ever. */
function eventually(callable $holds): bool
{
    $deadline = microtime(true) + 15;
    while (microtime(true) < $deadline) {
        if ($holds()) {
            return true;
        }
        usleep(50000);
    }
    return false;
}

function free_address(): string
{
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($socket, false);
    fclose($socket);
    return $address;
}

/** Serves one PHP file on a free port; its address. */
function serve(string $file, string $place, array $settings = []): string
{
    $address = free_address();
    start(['-d', 'display_errors=1', '-d', 'error_reporting=-1', '-S', $address, '-t', $place, __DIR__ . "/$file"], $address, $place, $settings);
    return "http://$address";
}

/** Starts PHP, and waits until somebody listens. */
function start(array $arguments, string $address, string $place, array $settings = []): void
{
    global $processes;
    $environment = $settings + [
        'TEST_PLACE' => $place,
        'TEST_HOOK_FILE' => dirname(__DIR__) . '/whatsapp_otp.php',
        'PATH' => getenv('PATH'),
    ];
    $quiet = ['file', "$place/php.log", 'a'];
    $descriptors = [['file', '/dev/null', 'r'], $quiet, $quiet];
    $processes[] = proc_open(array_merge([PHP_BINARY], $arguments), $descriptors, $pipes, $place, $environment);
    $is_up = eventually(function () use ($address) {
        $connection = @stream_socket_client("tcp://$address", $number, $text, 1);
        return $connection !== false && fclose($connection);
    });
    if (!$is_up) {
        throw new RuntimeException("$address does not answer: " . file_get_contents("$place/php.log"));
    }
}

/** A folder for one stand-in, with its clients and invoices. */
function place(array $clients, array $invoices = []): string
{
    global $folders;
    $place = sys_get_temp_dir() . '/whatsapp-otp-' . bin2hex(random_bytes(8));
    mkdir($place, 0700);
    $folders[] = $place;
    file_put_contents("$place/clients.json", json_encode($clients));
    file_put_contents("$place/invoices.json", json_encode($invoices));
    return $place;
}

function tidy_up(): void
{
    global $processes, $folders;
    foreach ($processes as $process) {
        proc_terminate($process, 9);
        proc_close($process);
    }
    foreach ($folders as $folder) {
        array_map('unlink', glob("$folder/*"));
        rmdir($folder);
    }
}

/** A browser: keeps cookies, follows nothing. */
final class Browser
{
    /** Of the last answer. */
    public $status = 0;
    public $headers = '';
    public $body = '';
    private $site;
    private $curl;

    public function __construct(string $site)
    {
        $this->site = $site;
        $this->curl = curl_init();
        curl_setopt_array($this->curl, [CURLOPT_COOKIEFILE => '', CURLOPT_RETURNTRANSFER => true, CURLOPT_HEADER => true, CURLOPT_TIMEOUT => 60]);
    }

    public function get(string $path): string
    {
        curl_setopt_array($this->curl, [CURLOPT_HTTPGET => true]);
        return $this->ask($path);
    }

    public function post(string $path, array $fields): string
    {
        curl_setopt_array($this->curl, [CURLOPT_POST => true, CURLOPT_POSTFIELDS => http_build_query($fields)]);
        return $this->ask($path);
    }

    public function login(int $client, array $more = []): string
    {
        $this->post('/dologin.php', ['client' => $client] + $more);
        return $this->get('/clientarea.php');
    }

    /** Presses a button of the form that was shown last. */
    public function press(string $button, string $code = ''): string
    {
        preg_match('/name="whatsapp_otp_form" value="([0-9a-f]+)"/', $this->body, $found);
        return $this->post('/clientarea.php', ['whatsapp_otp' => $button, 'whatsapp_otp_form' => $found[1] ?? '', 'code' => $code]);
    }

    public function session(): array
    {
        return json_decode($this->get('/session.php'), true) ?: [];
    }

    public function shows(string $text): bool
    {
        return strpos($this->body, $text) !== false;
    }

    private function ask(string $path): string
    {
        curl_setopt($this->curl, CURLOPT_URL, $this->site . $path);
        $answer = (string) curl_exec($this->curl);
        $length = (int) curl_getinfo($this->curl, CURLINFO_HEADER_SIZE);
        $this->status = (int) curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE);
        $this->headers = substr($answer, 0, $length);
        return $this->body = substr($answer, $length);
    }
}

/** What a phone got, oldest first. */
function messages(string $phone): array
{
    global $simulator;
    return json_decode((string) file_get_contents("$simulator/_simulator/messages?to=" . rawurlencode($phone)), true) ?: [];
}

function newest_code(string $phone): string
{
    $codes = array_filter(array_column(messages($phone), 'code'));
    return (string) end($codes);
}

function wrong_code(string $phone): string
{
    $code = newest_code($phone);
    return substr($code, 0, -1) . (((int) substr($code, -1) + 1) % 10);
}

function log_of(string $place, string $name): string
{
    return (string) @file_get_contents("$place/$name.log");
}

function client(int $id, string $phone, array $more = []): array
{
    return $more + ['id' => $id, 'firstname' => 'Ann', 'phonenumber' => $phone, 'currency_code' => 'USD'];
}

// ---- what is tried

const FORM = 'name="code"';

$settings = ['WHATSAPP_OTP_URL' => $server, 'WHATSAPP_OTP_API_KEY' => $key];
$strict = $settings + ['WHATSAPP_OTP_FAIL_CLOSED' => 'true'];
$phone = function (int $number) use ($phones): string {
    return $phones . sprintf('%04d', $number);
};
$national = substr($phone(6), 2);
$clients = [
    1 => client(1, $phone(1)),
    2 => client(2, $phone(2)),
    3 => client(3, $phone(3)),
    4 => client(4, $phone(4)),
    5 => client(5, ''),
    6 => client(6, $national, ['phonecc' => '1']),
    7 => client(7, $phone(7)),
    8 => client(8, $phone(8)),
    9 => client(9, '555 0100'),
    10 => client(10, 'x', ['phonenumberformatted' => '+1.' . substr($phone(10), 2)]),
    11 => client(11, $phone(11)),
];
$invoice = ['invoicenum' => '2026-7', 'total' => '15.95', 'balance' => '15.95', 'duedate' => '2026-12-01', 'status' => 'Unpaid'];
$invoices = [
    7 => ['invoiceid' => 7, 'userid' => 8] + $invoice,
    8 => ['invoiceid' => 8, 'userid' => 7, 'status' => 'Paid'] + $invoice,
    9 => ['invoiceid' => 9, 'userid' => 5] + $invoice,
];
$place = place($clients, $invoices);
$site = serve('site.php', $place, $settings);

$ann = new Browser($site);
$ann->get('/clientarea.php');
check('a visitor who is not logged in is left alone', $ann->body === 'please log in', $ann->body);
$ann->post('/dologin.php', ['client' => 1]);
$id = $ann->session()['whatsapp_otp']['otp_id'] ?? '';
check('a login sends a code, and keeps its id in the session under a name of its own', $id !== '' && count(messages($phone(1))) === 1, $ann->body);
$ann->get('/clientarea.php?action=services');
check('until the code is typed, the form stands where the client area was', $ann->status === 200 && $ann->shows(FORM) && !$ann->shows('the client area of'), $ann->body);
check('the form is not kept by caches and not shown in frames', stripos($ann->headers, 'cache-control: no-store') !== false && stripos($ann->headers, 'x-frame-options: deny') !== false, $ann->headers);
check('looking again sends nothing', $ann->get('/clientarea.php') !== '' && count(messages($phone(1))) === 1);
$form = $ann->body;
$ann->post('/clientarea.php', ['save' => 'another phone number']);
check('nothing is done for a client who has not confirmed', $ann->status === 403 && log_of($place, 'saved') === '', $ann->body);
check('a change of details is refused where WHMCS asks first', count(json_decode($ann->post('/validation.php', ['phonenumber' => '+1']), true)) === 1, $ann->body);
$ann->post('/clientarea.php', ['whatsapp_otp' => 'check', 'whatsapp_otp_form' => str_repeat('0', 32), 'code' => newest_code($phone(1))]);
check('a form of somebody else is refused, the code in it not used', $ann->status === 403 && $ann->shows(FORM), $ann->body);
$ann->post('/clientarea.php', ['whatsapp_otp' => 'check', 'code' => newest_code($phone(1))]);
check('so is one without its token', $ann->status === 403 && $ann->shows(FORM), $ann->body);
$ann->body = $form;
$ann->press('check', wrong_code($phone(1)));
check('a wrong code is refused, and said to be wrong', $ann->status === 200 && $ann->shows('not right') && $ann->shows(FORM), $ann->body);
$calls = log_of($place, 'calls');
foreach (['', 'secret', str_repeat('1', 5000), '12', "1\n2", '{"a":1}'] as $odd) {
    $ann->press('check', $odd);
    check('what cannot be a code is refused here: ' . json_encode(substr($odd, 0, 8)), $ann->shows('not right') && log_of($place, 'calls') === $calls, $ann->body);
}
$code = newest_code($phone(1));
$ann->press('check', substr($code, 0, 3) . ' ' . substr($code, 3));
check('the right code, as people type it, leads back to the page that was asked for', $ann->status === 303 && stripos($ann->headers, "location: /clientarea.php?action=services\r\n") !== false, $ann->headers . $ann->body);
check('and the client area is there', $ann->get('/clientarea.php') === 'the client area of 1', $ann->body);
check('details may now be changed', $ann->post('/validation.php', ['phonenumber' => '+1']) === '[]' && $ann->post('/clientarea.php', ['save' => 'x']) === 'the client area of 1', $ann->body);

$ann->post('/switch.php', ['client' => 11]);
$ann->get('/clientarea.php');
check('another account in the same session wants a code of its own', $ann->shows(FORM) && count(messages($phone(11))) === 1, $ann->body);
check('logging out is possible without one', $ann->get('/logout.php') === 'logged out' && !isset($ann->session()['whatsapp_otp']), $ann->body);

$bob = new Browser($site);
$bob->login(2, ['shape' => 'array']);
check("a client comes as an array, as in the older hook", $bob->shows(FORM) && count(messages($phone(2))) === 1, $bob->body);
$mallory = new Browser($site);
$mallory->login(2);
check('a limit of the server lets nobody in', $mallory->status === 200 && !$mallory->shows('the client area of') && $mallory->shows('just yet'), $mallory->body);
$old = newest_code($phone(2));
$bob->get('/clientarea.php');
$calls = log_of($place, 'calls');
$bob->press('resend');
check('another code is not asked for before its time', log_of($place, 'calls') === $calls && !$bob->shows('value="resend"'), $bob->body);
foreach ([1, 2, 3] as $try) {
    $bob->press('check', wrong_code($phone(2)));
}
check('too many wrong codes end it', $bob->shows('Too many'), $bob->body);
$bob->press('check', $old);
check('after that the right one is refused, too', $bob->status === 200 && !$bob->shows('the client area of'), $bob->body);

$carl = new Browser($site);
$carl->login(3, ['shape' => 'model']);
check("a client comes as a model, as in WHMCS 8", $carl->shows(FORM) && count(messages($phone(3))) === 1, $carl->body);
(new Browser($site))->login(6);
check('a national number gets its country code', count(messages($phone(6))) === 1);
(new Browser($site))->login(10);
check("a number as WHMCS formats it is understood", count(messages($phone(10))) === 1);

$admin = new Browser($site);
$admin->login(4, ['admin' => '1']);
check('an administrator who looks at a client is not asked, and the client gets no code', $admin->body === 'the client area of 4' && messages($phone(4)) === [], $admin->body);

foreach ([5, 9] as $client) {
    $dora = new Browser($site);
    $dora->login($client);
    check("a client without a number that is certain is let in: $client", $dora->body === "the client area of $client" && strpos(log_of($place, 'activity'), 'no usable phone number') !== false, $dora->body);
}

(new Browser($site))->post('/cron.php', ['invoices' => '7,8,9,10']);
$told = implode("\n", array_column(messages($phone(8)), 'text'));
$says_all = strpos($told, '2026-7') !== false && strpos($told, '15.95') !== false && strpos($told, '2026-12-01') !== false;
check('a new invoice is announced with number, total and due date', $says_all, $told . log_of($place, 'activity'));
check('a paid one is not', messages($phone(7)) === []);
check('what could not be announced is noted', strpos(log_of($place, 'activity'), 'invoice 9 not announced') !== false && strpos(log_of($place, 'activity'), 'invoice 10 not announced') !== false, log_of($place, 'activity'));

if ($cooldown <= 5) {
    $there = place($clients);
    $quick = serve('site.php', $there, ['WHATSAPP_OTP_RESEND_SECONDS' => (string) $cooldown] + $settings);
    $eve = new Browser($quick);
    $eve->login(7);
    $first = newest_code($phone(7));
    $offered = eventually(function () use ($eve) {
        $eve->get('/clientarea.php');
        return $eve->shows('value="resend"');
    });
    file_put_contents("$there/clients.json", json_encode([7 => client(7, $phone(12))]));
    $eve->press('resend');
    check('a number that was changed meanwhile gets no code', messages($phone(12)) === []);
    check('after the wait another code may be asked for', $offered && count(messages($phone(7))) === 2, $eve->body);
    $eve->press('check', $first);
    check('which ends the first one', $eve->status === 200, $eve->body);
    $eve->press('check', newest_code($phone(7)));
    check('and is good itself', $eve->status === 303, $eve->body);
}

// ---- servers that are not there, and settings that are wrong

$there = place($clients);
$shy = serve('site.php', $there, ['WHATSAPP_OTP_WITHOUT_PHONE' => 'refuse', 'WHATSAPP_OTP_RESEND_SECONDS' => '1'] + $settings);
$dora = new Browser($shy);
$dora->login(5);
check('without_phone = refuse lets no client in who has none', !$dora->shows('the client area of') && $dora->shows('no phone number'), $dora->body);
file_put_contents("$there/clients.json", json_encode([5 => client(5, $phone(5))]));
eventually(function () use ($dora) {
    $dora->get('/clientarea.php');
    return $dora->shows('value="resend"');
});
$dora->press('resend');
$dora->get('/clientarea.php');
check('until somebody has put one in', $dora->shows(FORM) && count(messages($phone(5))) === 1, $dora->body);

$gone = 'http://' . free_address();
$odd_place = place([]);
$odd = serve('misbehaving.php', $odd_place);
$unsigned = free_address();
start([__DIR__ . '/selfsigned.php', $unsigned], $unsigned, $odd_place);
$outages = [
    'that is not there' => ['WHATSAPP_OTP_URL' => $gone],
    'that refuses our key' => ['WHATSAPP_OTP_API_KEY' => 'another-key'],
    'that nobody vouches for' => ['WHATSAPP_OTP_URL' => "https://$unsigned"],
    'that answers too late' => ['WHATSAPP_OTP_URL' => "$odd/slow", 'WHATSAPP_OTP_TIMEOUT_SECONDS' => '1'],
    'that sends us elsewhere' => ['WHATSAPP_OTP_URL' => "$odd/redirect"],
    'that answers no JSON' => ['WHATSAPP_OTP_URL' => "$odd/garbage"],
    'that is out of order' => ['WHATSAPP_OTP_URL' => "$odd/broken"],
    'that answers without end' => ['WHATSAPP_OTP_URL' => "$odd/huge"],
    'that forgets the id' => ['WHATSAPP_OTP_URL' => "$odd/half"],
    'whose address is not https' => ['WHATSAPP_OTP_URL' => 'http://127.0.0.2:9'],
    'that was never named' => ['WHATSAPP_OTP_URL' => ''],
    'whose settings file is broken' => ['WHATSAPP_OTP_SETTINGS' => __DIR__ . '/run.php.gone'],
];
$reasons = [
    'that is not there' => 'no answer',
    'that nobody vouches for' => 'no answer: SSL',
    'that answers too late' => 'no answer',
    'that answers without end' => 'no answer',
    'whose address is not https' => 'url must be https',
    'that was never named' => 'url must be https',
    'whose settings file is broken' => 'cannot be read',
];
foreach ($outages as $which => $changed) {
    $there = place($clients);
    $open = new Browser(serve('site.php', $there, $changed + $settings));
    $open->login(4);
    check("a server $which breaks no login", $open->body === 'the client area of 4', $open->body);
    $why = $reasons[$which] ?? 'status';
    check("a server $which is noted, with the reason", preg_match("/let in without a code: [^\"]*$why/", log_of($there, 'activity')) === 1, log_of($there, 'activity'));
    $closed = new Browser(serve('site.php', place($clients), $changed + $strict));
    $closed->login(4);
    check("with fail_closed a server $which lets nobody in", !$closed->shows('the client area of') && $closed->shows('at the moment'), $closed->body);
}
foreach (['lets the login in' => 'false', 'with fail_closed does not' => 'true'] as $what => $fail_closed) {
    $there = place($clients);
    $write_settings = function (string $url) use ($there, $key, $fail_closed): void {
        $written = ['url' => $url, 'api_key' => $key, 'fail_closed' => $fail_closed === 'true', 'texts' => ['resend_later' => '100% sure in %d s <b>']];
        file_put_contents("$there/settings.php", '<?php return ' . var_export($written, true) . ';');
    };
    $write_settings($server);
    $number = $fail_closed === 'true' ? 7 : 4;
    $clients_phone = $phone($number + 20);
    file_put_contents("$there/clients.json", json_encode([$number => client($number, $clients_phone)]));
    $fred = new Browser(serve('site.php', $there, ['WHATSAPP_OTP_SETTINGS' => "$there/settings.php"]));
    $fred->login($number);
    $was_asked = $fred->shows(FORM);
    check('texts of the settings are shown as they are', preg_match('/100% sure in \d+ s &lt;b&gt;/', $fred->body) === 1, $fred->body);
    $write_settings($gone);
    $fred->press('check', newest_code($clients_phone));
    $is_in = $fred->get('/clientarea.php') === "the client area of $number";
    check("a server that goes away before the check $what", $was_asked && $is_in === ($fail_closed === 'false'), $fred->body);
    $write_settings($server);
    $fred->press('check', newest_code($clients_phone));
    check('and the code is still good when it is back', $is_in || $fred->status === 303, $fred->body);
}
$there = place($clients, array_fill(1, 6, ['userid' => 8] + $invoice));
$cron = new Browser(serve('site.php', $there, ['WHATSAPP_OTP_URL' => "$odd/slow", 'WHATSAPP_OTP_TIMEOUT_SECONDS' => '1'] + $settings));
$cron->post('/cron.php', ['invoices' => '1,2,3,4,5,6']);
check('a night of invoices does not wait for a server that is silent', substr_count(log_of($there, 'activity'), 'given up') === 3, log_of($there, 'activity'));
check('a redirect is not followed', strpos(log_of($odd_place, 'misbehaving'), 'elsewhere') === false, log_of($odd_place, 'misbehaving'));
check('no code was sent by all that', messages($phone(4)) === []);

$logs = implode('', array_map('file_get_contents', array_merge(glob("$place/*.log"), ...array_map(function (string $folder): array {
    return glob("$folder/{activity,calls}.log", GLOB_BRACE);
}, $folders))));
$secrets = array_merge([$key, $phone(1), substr($phone(1), 1)], array_column(messages($phone(1)), 'code'), array_column(messages($phone(2)), 'code'));
$told = array_filter($secrets, function (string $secret) use ($logs): bool {
    return strpos($logs, $secret) !== false;
});
check('no code, key or whole phone number is in a log', strlen($logs) > 1000 && $told === [], implode(', ', $told));
$complaints = implode('', array_map(function (string $folder): string {
    return implode('', preg_grep('/(Warning|Notice|Deprecated|Fatal)/', file("$folder/php.log") ?: []));
}, array_filter($folders, function (string $folder): bool {
    return is_file("$folder/php.log");
})));
check('PHP has nothing to complain about', $complaints === '', $complaints);

echo $failures === 0 ? "all checks hold\n" : "$failures checks failed\n";
exit($failures === 0 ? 0 : 1);
