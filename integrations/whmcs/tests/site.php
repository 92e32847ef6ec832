<?php
/**
 * A stand-in for WHMCS, as far as the hook file sees it. run.php serves it with `php -S`; TEST_PLACE is its folder for what
 * WHMCS would keep in its database.
 */

define('WHMCS', true);

$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$place = getenv('TEST_PLACE');
$_SERVER['SCRIPT_NAME'] = $path;
$_SERVER['SCRIPT_FILENAME'] = $place . $path;
if (in_array($path, ['/clientarea.php', '/logout.php', '/dologin.php'], true)) {
    define('CLIENTAREA', true);
}
session_save_path($place);
session_start();

/** A client as WHMCS' models show one: fields that are not there, but can be asked for. */
final class Model
{
    private $fields;

    public function __construct(array $fields)
    {
        $this->fields = $fields;
    }

    public function __get(string $name)
    {
        return $this->fields[$name] ?? null;
    }

    public function __isset(string $name): bool
    {
        return isset($this->fields[$name]);
    }
}

function add_hook(string $name, int $priority, callable $work): void
{
    $GLOBALS['hooks'][$name][] = $work;
}

/** Runs the hooks of a name; what they return, without nulls. */
function fire(string $name, $vars): array
{
    $returned = [];
    foreach ($GLOBALS['hooks'][$name] ?? [] as $work) {
        $returned[] = $work($vars);
    }
    return array_values(array_filter($returned));
}

function kept(string $name): array
{
    return json_decode((string) file_get_contents(getenv('TEST_PLACE') . "/$name.json"), true);
}

function write(string $name, $line): void
{
    file_put_contents(getenv('TEST_PLACE') . "/$name.log", json_encode($line) . "\n", FILE_APPEND);
}

function logActivity(string $what, int $client = 0): void
{
    write('activity', ['what' => $what, 'client' => $client]);
}

/** WHMCS would replace $secrets in what it keeps. This does not: nothing secret is to get here. */
function logModuleCall(string $module, string $action, $request, $answer, $processed, array $secrets): void
{
    write('calls', [$module, $action, $request, $answer, $processed]);
}

function localAPI(string $command, array $values): array
{
    $table = $command === 'GetInvoice' ? kept('invoices') : kept('clients');
    $row = $table[$values['invoiceid'] ?? $values['clientid']] ?? null;
    if ($row === null) {
        return ['result' => 'error', 'message' => 'Not Found'];
    }
    return ['result' => 'success'] + ($command === 'GetInvoice' ? $row : $row + ['client' => $row]);
}

require getenv('TEST_HOOK_FILE');

switch ($path) {
    case '/dologin.php':
        $client = (int) $_POST['client'];
        $row = kept('clients')[$client];
        $shapes = [
            'id only' => ['userid' => $client, 'contactid' => 0],
            'array' => ['client' => $row],
            'model' => ['userid' => $client, 'user' => new Model(['id' => 900 + $client]), 'client' => new Model($row)],
        ];
        $_SESSION['uid'] = $client;
        $_SESSION['adminid'] = empty($_POST['admin']) ? null : 1;
        fire('ClientLogin', $shapes[$_POST['shape'] ?? 'id only']);
        header('Location: /clientarea.php', true, 302);
        break;
    case '/switch.php':
        $_SESSION['uid'] = (int) $_POST['client'];
        break;
    case '/logout.php':
        fire('ClientAreaPage', ['filename' => 'logout']);
        fire('ClientLogout', ['userid' => $_SESSION['uid'] ?? 0]);
        unset($_SESSION['uid']);
        echo 'logged out';
        break;
    case '/clientarea.php':
        // As in WHMCS: first what was asked for is done, then the page's hook runs, then the page is drawn.
        if (($_POST['save'] ?? '') !== '') {
            write('saved', $_POST['save']);
        }
        fire('ClientAreaPage', ['filename' => 'clientarea']);
        echo isset($_SESSION['uid']) ? "the client area of {$_SESSION['uid']}" : 'please log in';
        break;
    case '/validation.php':
        echo json_encode(fire('ClientDetailsValidation', $_POST));
        break;
    case '/cron.php':
        foreach (explode(',', $_POST['invoices']) as $invoice) {
            fire('InvoiceCreated', ['source' => 'autogen', 'user' => 'system', 'invoiceid' => (int) $invoice, 'status' => 'Unpaid']);
        }
        break;
    case '/session.php':
        echo json_encode($_SESSION);
        break;
    default:
        http_response_code(404);
}
