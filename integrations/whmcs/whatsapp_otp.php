<?php
/**
 * WhatsApp OTP for WHMCS: asks for a code after each login to the client area, and announces new invoices.
 *
 * Belongs into includes/hooks/. Holds no secret: README.md beside it says where the settings go. PHP 7.4 or later, with curl.
 */

namespace WhatsAppOtp;

if (!defined('WHMCS')) {
    die('This file cannot be accessed directly');
}

/** Where this module's state stands in the session. */
const SESSION = 'whatsapp_otp';
/** An answer longer than this is none of the server's. */
const ANSWER_BYTES_MAX = 65536;
/** After so many calls in a row without an answer this process makes no more: a night's invoices wait for nobody. */
const SILENCES_MAX = 3;
/** How long to wait before asking again, when the server did not say. */
const PAUSE_SECONDS = 10;

/** Every setting there is, with its default. */
const DEFAULTS = [
    'url' => '',
    'api_key' => '',
    'verify_logins' => true,
    'announce_invoices' => true,
    'fail_closed' => false,
    'without_phone' => 'allow',
    'resend_seconds' => 60,
    'connect_timeout_seconds' => 3,
    'timeout_seconds' => 12,
    'texts' => [],
];

/** Which text tells the client why a code was refused; none of these is a wrong code. */
const REASONS = [
    'OTP expired' => 'expired',
    'OTP already used' => 'expired',
    'OTP not found' => 'expired',
    'Too many attempts' => 'locked',
];

/** Every text that a client may read; the setting `texts` replaces them one by one. */
const TEXTS = [
    'title' => 'Confirm your login',
    'sent' => 'We sent a code to your WhatsApp. Please type it here.',
    'label' => 'Code',
    'check' => 'Confirm',
    'resend' => 'Send a new code',
    'resend_later' => 'You can ask for a new code in %d seconds.',
    'logout' => 'Log out',
    'wrong' => 'That code is not right. Please try again.',
    'expired' => 'That code has expired. Please ask for a new one.',
    'locked' => 'Too many wrong codes. Please ask for a new one.',
    'too_soon' => 'Another code cannot be sent just yet.',
    'wait' => 'Too many wrong codes. Please try again in %d seconds.',
    'unavailable' => 'We cannot send or check codes at the moment. Please try again in a minute.',
    'no_phone' => 'Your account has no phone number that we can send a code to. Please contact us.',
    'form_expired' => 'This page was open for too long. Please try again.',
    'not_confirmed' => 'Please confirm your login first: open the client area again.',
];

// ---- settings

/** The settings, read once: a constant of configuration.php, else the environment, else the file, else the default. */
function settings(): array
{
    static $settings = null;
    if ($settings !== null) {
        return $settings;
    }
    $problems = [];
    $file = settings_file($problems);
    foreach (array_diff(array_keys($file), array_keys(DEFAULTS)) as $unknown) {
        $problems[] = "there is no setting '$unknown'";
    }
    $settings = [];
    foreach (DEFAULTS as $name => $default) {
        $outside = outside('WHATSAPP_OTP_' . strtoupper($name));
        $settings[$name] = typed($name, $outside ?? $file[$name] ?? $default, $default, $problems);
    }
    $settings['url'] = rtrim($settings['url'], '/');
    $settings['texts'] = array_merge(TEXTS, array_filter($settings['texts'], 'is_string'));
    if (!is_safe_url($settings['url'])) {
        $problems[] = 'url must be https:// and a host (http:// for this machine only)';
    }
    if (preg_match('/^[\x21-\x7e]+$/D', $settings['api_key']) !== 1) {
        $problems[] = 'api_key is missing, or has letters that no key has';
    }
    $settings['problems'] = $problems;
    return $settings;
}

/** A constant or an environment variable, or null. */
function outside(string $name)
{
    if (defined($name)) {
        return constant($name);
    }
    $value = getenv($name);
    return $value === false || $value === '' ? null : $value;
}

function settings_file(array &$problems): array
{
    $path = outside('WHATSAPP_OTP_SETTINGS');
    if ($path === null) {
        return [];
    }
    try {
        $settings = is_file($path) && is_readable($path) ? include $path : null;
    } catch (\Throwable $mistake) {
        $settings = null;
    }
    if (is_array($settings)) {
        return $settings;
    }
    $problems[] = 'the file that WHATSAPP_OTP_SETTINGS names cannot be read, or returns no array';
    return [];
}

/** A value in the type of its default. What makes no sense is a problem, and the stricter value holds. */
function typed(string $name, $value, $default, array &$problems)
{
    if (is_bool($default)) {
        $flag = is_scalar($value) ? filter_var($value, FILTER_VALIDATE_BOOLEAN, FILTER_NULL_ON_FAILURE) : null;
        $problems = $flag === null ? array_merge($problems, ["$name must be true or false"]) : $problems;
        return $flag ?? true;
    }
    if (is_int($default)) {
        $number = filter_var($value, FILTER_VALIDATE_INT, ['options' => ['min_range' => 1, 'max_range' => 3600]]);
        $problems = $number === false ? array_merge($problems, ["$name must be a number from 1 to 3600"]) : $problems;
        return $number === false ? $default : $number;
    }
    if ($name === 'without_phone' && !in_array($value, ['allow', 'refuse'], true)) {
        $problems[] = "without_phone must be 'allow' or 'refuse'";
        return 'refuse';
    }
    if (gettype($value) !== gettype($default)) {
        $problems[] = "$name must be " . (is_array($default) ? 'an array' : 'text');
        return $default;
    }
    return $value;
}

function is_safe_url(string $url): bool
{
    $parts = parse_url($url);
    $scheme = strtolower($parts['scheme'] ?? '');
    $host = strtolower($parts['host'] ?? '');
    if ($host === '' || isset($parts['user']) || isset($parts['query']) || isset($parts['fragment'])) {
        return false;
    }
    $is_here = in_array($host, ['localhost', '127.0.0.1', '[::1]'], true);
    return $scheme === 'https' || ($scheme === 'http' && $is_here);
}

// ---- the server

/** One call. `status` is 0 when there was no answer; `json` is null when the answer was no JSON object. */
function call(string $path, array $body): array
{
    static $silences = 0;
    $settings = settings();
    $answer = ['status' => 0, 'json' => null, 'retry_after' => 0, 'error' => ''];
    if ($settings['problems'] !== []) {
        $answer['error'] = 'not set up: ' . implode('; ', $settings['problems']);
        return $answer;
    }
    if (!function_exists('curl_init') || $silences >= SILENCES_MAX) {
        $answer['error'] = $silences >= SILENCES_MAX ? 'given up after several calls without an answer' : "PHP's curl is missing";
        return $answer;
    }
    $text = '';
    $curl = curl_init($settings['url'] . $path);
    curl_setopt_array($curl, [
        CURLOPT_POST => true,
        CURLOPT_POSTFIELDS => (string) json_encode($body, JSON_INVALID_UTF8_SUBSTITUTE),
        CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'X-API-Key: ' . $settings['api_key'], 'Expect:'],
        CURLOPT_CONNECTTIMEOUT => $settings['connect_timeout_seconds'],
        CURLOPT_TIMEOUT => $settings['timeout_seconds'],
        CURLOPT_NOSIGNAL => true,
        CURLOPT_FOLLOWLOCATION => false,
        CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        CURLOPT_SSL_VERIFYPEER => true,
        CURLOPT_SSL_VERIFYHOST => 2,
        CURLOPT_HEADERFUNCTION => function ($curl, string $line) use (&$answer): int {
            if (preg_match('/^retry-after:\s*(\d{1,6})\s*$/i', $line, $found) === 1) {
                $answer['retry_after'] = (int) $found[1];
            }
            return strlen($line);
        },
        CURLOPT_WRITEFUNCTION => function ($curl, string $part) use (&$text): int {
            $text .= $part;
            return strlen($text) > ANSWER_BYTES_MAX ? 0 : strlen($part);
        },
    ]);
    if (curl_exec($curl) === false) {
        $answer['error'] = 'no answer: ' . curl_error($curl);
        $silences++;
    } else {
        $silences = 0;
        $answer['status'] = (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        $json = json_decode($text, true, 8);
        $answer['json'] = is_array($json) ? $json : null;
        $said = $answer['json']['error'] ?? null;
        $answer['error'] = 'status ' . $answer['status'] . (is_string($said) ? ": $said" : '');
    }
    unset($curl);
    if (function_exists('logModuleCall')) {
        $secrets = array_intersect_key($body, ['phone' => 1, 'otp' => 1]);
        $shown = array_fill_keys(array_keys($secrets), '(not logged)') + $body;
        $hidden = array_merge([$settings['api_key']], array_values($secrets));
        \logModuleCall('whatsapp_otp', $path, $shown, plain($answer['status'] === 0 ? $answer['error'] : $text), '', $hidden);
    }
    return $answer;
}

/** A line in WHMCS' activity log. Never a code, a key or a whole phone number. */
function note(string $what, int $client): void
{
    if (function_exists('logActivity')) {
        \logActivity('WhatsApp OTP: ' . plain($what), $client);
    }
}

/** What somebody else said, fit for a log: short, on one line, and without anything that may be a phone number. */
function plain(string $text): string
{
    return preg_replace(['/[^\x20-\x7e]+/', '/\d{7,}/'], [' ', '..'], substr($text, 0, 300));
}

// ---- the client

/** The first of these fields that an array or a model has, as text. */
function field($from, string ...$names): string
{
    foreach ($names as $name) {
        $value = is_array($from) ? ($from[$name] ?? '') : (is_object($from) ? ($from->{$name} ?? '') : '');
        $is_text = is_scalar($value) || (is_object($value) && method_exists($value, '__toString'));
        if ($is_text && (string) $value !== '') {
            return (string) $value;
        }
    }
    return '';
}

/** What WHMCS knows of a client; null when it does not say. */
function details(int $client): ?array
{
    $answer = $client > 0 && function_exists('localAPI') ? \localAPI('GetClientsDetails', ['clientid' => $client]) : null;
    if (!is_array($answer) || ($answer['result'] ?? '') !== 'success') {
        return null;
    }
    return is_array($answer['client'] ?? null) ? $answer['client'] : $answer;
}

/** A client's number with + and country code; empty when they have none that is certain. */
function phone_in($client): string
{
    $formatted = international(field($client, 'phonenumberformatted'), '');
    return $formatted !== '' ? $formatted : international(field($client, 'phonenumber', 'phoneNumber'), field($client, 'phonecc'));
}

/** A number without its country code is another country's number to the server: a stranger would get the code. */
function international(string $typed, string $calling_code): string
{
    $digits = preg_replace('/\D+/', '', $typed);
    if ($digits === '') {
        return '';
    }
    if (strncmp(ltrim($typed), '+', 1) === 0) {
        return "+$digits";
    }
    if (strncmp($digits, '00', 2) === 0) {
        return '+' . substr($digits, 2);
    }
    $calling_code = preg_replace('/\D+/', '', $calling_code);
    return $calling_code === '' ? '' : "+$calling_code" . ltrim($digits, '0');
}

/** An administrator who looks at the client area as a client has logged in elsewhere. */
function is_administrator(): bool
{
    $class = 'WHMCS\Authentication\CurrentUser';
    if (class_exists($class) && method_exists($class, 'isMasqueradingAdmin')) {
        return (new $class())->isMasqueradingAdmin();
    }
    return !empty($_SESSION['adminid']);
}

// ---- the login

/** This session's state for a client; another client, or another login, starts anew. */
function &state(int $client, bool $is_new_login = false): array
{
    $kept = $_SESSION[SESSION] ?? null;
    if (is_array($kept) && $kept['client'] === 0 && !$is_new_login) {
        $_SESSION[SESSION]['client'] = $client;
    } elseif (!is_array($kept) || $kept['client'] !== $client || $is_new_login) {
        $_SESSION[SESSION] = [
            'client' => $client,
            'phone' => '',
            'asked' => false,
            'otp_id' => '',
            'passed' => '',
            'send_after' => 0,
            'words' => '',
            'form' => bin2hex(random_bytes(16)),
            'return_to' => '',
        ];
    }
    return $_SESSION[SESSION];
}

/** WHMCS' ClientLogin: sends the code, and keeps its id in the session. */
function on_login($vars): void
{
    $client = (int) (field($vars['client'] ?? null, 'id') ?: ($_SESSION['uid'] ?? 0) ?: field($vars, 'userid', 'client_id'));
    $state = &state($client, true);
    if (settings()['verify_logins'] && !is_administrator()) {
        send_code($state, phone_in($vars['client'] ?? null));
    }
}

/** Sends a code, unless there is a reason not to; the state tells what became of it. */
function send_code(array &$state, string $phone = ''): void
{
    $state['asked'] = true;
    // Kept for this login: a number that is changed before the code was typed gets no code.
    $state['phone'] = $state['phone'] ?: $phone;
    if ($state['phone'] === '') {
        $details = details($state['client']);
        if ($details === null) {
            out_of_order($state, 'WHMCS did not tell the phone number');
            return;
        }
        $state['phone'] = phone_in($details);
    }
    if ($state['phone'] === '') {
        without_phone($state);
        return;
    }
    $answer = call('/api/v1/otp', ['phone' => $state['phone'], 'purpose' => 'login']);
    $id = $answer['json']['otpId'] ?? '';
    if ($answer['status'] === 200 && ($answer['json']['success'] ?? null) === true && is_string($id) && $id !== '') {
        $state['otp_id'] = $id;
        $state['words'] = text('sent');
        $state['send_after'] = in_seconds(settings()['resend_seconds']);
    } elseif ($answer['status'] === 429) {
        // A limit is no outage: letting people pass here would let in whoever uses the limit up.
        $state['words'] = text('too_soon');
        $state['send_after'] = in_seconds($answer['retry_after'] ?: settings()['resend_seconds']);
    } elseif ($answer['status'] === 400) {
        without_phone($state);
    } else {
        out_of_order($state, $answer['error']);
    }
}

function check_code(array &$state, string $typed): void
{
    // What cannot be a code is not sent: nothing that a client types may look like an outage.
    $code = preg_replace('/[\s\-]+/u', '', $typed);
    if ($state['otp_id'] === '' || !is_string($code) || preg_match('/^\p{Nd}{4,10}$/Du', $code) !== 1) {
        $state['words'] = text('wrong');
        return;
    }
    $answer = call('/api/v1/otp-verify', ['otp_id' => $state['otp_id'], 'otp' => $code]);
    $valid = $answer['json']['valid'] ?? null;
    if ($answer['status'] === 200 && $valid === true) {
        $state['passed'] = 'code';
        $state['otp_id'] = '';
        note('login confirmed with a code', $state['client']);
    } elseif ($answer['status'] === 200 && $valid === false) {
        $state['words'] = text(REASONS[field($answer['json'], 'reason')] ?? 'wrong');
    } elseif ($answer['status'] === 429) {
        $state['words'] = text('wait', $answer['retry_after'] ?: PAUSE_SECONDS);
    } elseif ($answer['status'] === 400 || $answer['status'] === 422) {
        $state['words'] = text('wrong');
    } else {
        out_of_order($state, $answer['error']);
    }
}

/** No answer, or one that says nothing about this client: an outage of ours. */
function out_of_order(array &$state, string $why): void
{
    if (settings()['fail_closed']) {
        note("login not confirmed, and so refused (fail_closed): $why", $state['client']);
        $state['words'] = text('unavailable');
        $state['send_after'] = max($state['send_after'], in_seconds(PAUSE_SECONDS));
        return;
    }
    note("login let in without a code: $why", $state['client']);
    $state['passed'] = 'outage';
}

function without_phone(array &$state): void
{
    $allowed = settings()['without_phone'] === 'allow';
    note('no usable phone number: login ' . ($allowed ? 'let in without a code' : 'refused'), $state['client']);
    $state['passed'] = $allowed ? 'no phone' : '';
    $state['words'] = text('no_phone');
    $state['send_after'] = in_seconds(settings()['resend_seconds']);
}

/** So many seconds from now, and not a moment less: time() leaves out the part of a second that has passed. */
function in_seconds(int $seconds): int
{
    return time() + $seconds + 1;
}

/** A text for the client; `%d` in it becomes the number. */
function text(string $name, int $number = 0): string
{
    return str_replace('%d', (string) $number, settings()['texts'][$name]);
}

// ---- the page

/**
 * Lets a request pass, or answers it with the form and ends it.
 *
 * A page's hook runs after the page has done what was asked of it. So this also runs when WHMCS loads its hooks (`$is_early`),
 * where it stops everything of a client who was asked for a code and has not typed it yet.
 */
function guard(bool $is_early): void
{
    if (!is_unconfirmed()) {
        return;
    }
    $state = &state((int) $_SESSION['uid']);
    $is_reading = in_array($_SERVER['REQUEST_METHOD'] ?? 'GET', ['GET', 'HEAD'], true);
    $action = $is_reading ? '' : own_action($state);
    if (!$state['asked'] && $action === '') {
        if ($is_early && $is_reading) {
            $address = $_SERVER['REQUEST_URI'] ?? '';
            if ($address === root() . '/clientarea.php') {
                return; // not all of WHMCS is there yet: this page's hook sends, and other pages wait for it
            }
            $state['return_to'] = $state['return_to'] ?: local_address($address);
            finish(303, ['Location: ' . root() . '/clientarea.php'], '');
        }
        if ($is_early) {
            $state['words'] = text('not_confirmed');
        } else {
            send_code($state);
        }
    }
    if ($action === 'check') {
        check_code($state, is_string($_POST['code'] ?? null) ? $_POST['code'] : '');
    } elseif ($action === 'resend' && time() >= $state['send_after']) {
        if ($is_early && $state['phone'] === '') {
            $state['asked'] = false; // the page's hook can ask WHMCS for the number
            finish(303, ['Location: ' . root() . '/clientarea.php'], '');
        }
        send_code($state);
    }
    if ($state['passed'] !== '') {
        if ($action !== '') {
            finish(303, ['Location: ' . ($state['return_to'] ?: root() . '/clientarea.php')], '');
        }
        return;
    }
    if ($is_reading && $state['return_to'] === '') {
        $state['return_to'] = local_address($_SERVER['REQUEST_URI'] ?? '');
    }
    finish($is_reading || $action !== '' ? 200 : 403, [], form($state));
}

/** Is somebody logged in who still owes a code? Logging out is always allowed. */
function is_unconfirmed(): bool
{
    $client = (int) ($_SESSION['uid'] ?? 0);
    // The file that really runs: an address can be made to end in anything.
    $script = basename((string) ($_SERVER['SCRIPT_FILENAME'] ?? ''));
    if ($client === 0 || $script === 'logout.php' || defined('ADMINAREA') || !settings()['verify_logins'] || is_administrator()) {
        return false;
    }
    return state($client)['passed'] === '';
}

/** What our own form asks for: `check`, `resend`, or nothing when it is not ours or somebody else's page sent it. */
function own_action(array &$state): string
{
    $action = $_POST['whatsapp_otp'] ?? '';
    if (!in_array($action, ['check', 'resend'], true)) {
        return '';
    }
    $shown = $_POST['whatsapp_otp_form'] ?? '';
    if (!is_string($shown) || !hash_equals($state['form'], $shown)) {
        $state['words'] = text('form_expired');
        return '';
    }
    return $action;
}

/** The way back, on this site only. */
function local_address(string $uri): string
{
    return preg_match('~^/(?![/\\\\])[\x21-\x5b\x5d-\x7e]{0,2000}$~D', $uri) === 1 ? $uri : '';
}

/** Where WHMCS is: all its pages of the client area stand in its root. */
function root(): string
{
    return rtrim(str_replace('\\', '/', dirname((string) ($_SERVER['SCRIPT_NAME'] ?? '/'))), '/');
}

function form(array $state): string
{
    $html = function (string $text): string {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
    };
    $hidden = '<input type="hidden" name="whatsapp_otp_form" value="' . $html($state['form']) . '">';
    $target = $html(root() . '/clientarea.php');
    $left = $state['send_after'] - time();
    $check = $state['otp_id'] === '' ? '' : "<form method=\"post\" action=\"$target\">$hidden
<p><label>{$html(text('label'))}
<input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"20\" required autofocus></label></p>
<p><button name=\"whatsapp_otp\" value=\"check\">{$html(text('check'))}</button></p></form>";
    $resend = $left > 0 ? '<p>' . $html(text('resend_later', $left)) . '</p>' : "<form method=\"post\" action=\"$target\">$hidden
<p><button name=\"whatsapp_otp\" value=\"resend\">{$html(text('resend'))}</button></p></form>";
    return "<!DOCTYPE html>
<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{$html(text('title'))}</title>
<style>body{font:1rem sans-serif;max-width:24rem;margin:4rem auto}input,button{font:inherit;padding:.4rem}</style></head>
<body><h1>{$html(text('title'))}</h1><p role=\"status\">{$html($state['words'])}</p>
$check
$resend
<p><a href=\"{$html(root() . '/logout.php')}\">{$html(text('logout'))}</a></p>
</body></html>\n";
}

/** Answers this request, and ends it. */
function finish(int $status, array $headers, string $body): void
{
    http_response_code($status);
    $always = [
        'Content-Type: text/html; charset=utf-8',
        'Cache-Control: no-store',
        'X-Frame-Options: DENY',
        'X-Content-Type-Options: nosniff',
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ];
    foreach (array_merge($always, $headers) as $header) {
        header($header);
    }
    echo $body;
    exit;
}

// ---- invoices

/** WHMCS' InvoiceCreated: has the client told, in a message of the server's. */
function on_invoice($vars): void
{
    if (!settings()['announce_invoices']) {
        return;
    }
    $id = (int) field($vars, 'invoiceid');
    $invoice = function_exists('localAPI') ? \localAPI('GetInvoice', ['invoiceid' => $id]) : null;
    $client = (int) (field($invoice, 'userid') ?: field($vars, 'userid'));
    $details = details($client);
    if (field($invoice, 'result') !== 'success' || $details === null) {
        note("invoice $id not announced: WHMCS did not tell about it or its client", $client);
        return;
    }
    if (field($invoice, 'status') !== 'Unpaid') {
        return; // nothing to pay
    }
    $phone = phone_in($details);
    if ($phone === '') {
        note("invoice $id not announced: its client has no phone number with a country code", $client);
        return;
    }
    $answer = call('/api/v1/whmcs-webhook', [
        'action' => 'InvoiceCreated',
        'invoiceid' => $id,
        'userid' => $client,
        'phone' => $phone,
        'invoicenum' => field($invoice, 'invoicenum') ?: (string) $id,
        'total' => field($invoice, 'total'),
        'currency' => field($details, 'currency_code'),
        'duedate' => substr(field($invoice, 'duedate'), 0, 10),
    ]);
    if (($answer['json']['success'] ?? null) !== true) {
        note("invoice $id not announced: {$answer['error']}", $client);
    }
}

// ---- the hooks

/** Runs a hook. A mistake in here never breaks WHMCS; with `fail_closed` it lets nobody in, either. */
function run(string $hook, callable $work): void
{
    try {
        $work();
    } catch (\Throwable $mistake) {
        note("$hook failed: " . get_class($mistake) . ' in line ' . $mistake->getLine(), (int) ($_SESSION['uid'] ?? 0));
        if ($hook === 'page' && settings()['fail_closed']) {
            finish(503, ['Retry-After: ' . PAUSE_SECONDS], htmlspecialchars(text('unavailable'), ENT_QUOTES, 'UTF-8'));
        }
    }
}

add_hook('ClientLogin', 1, function ($vars) {
    run('ClientLogin', function () use ($vars) {
        on_login($vars);
    });
});

add_hook('ClientAreaPage', 1, function () {
    run('page', function () {
        guard(false);
    });
});

add_hook('ClientLogout', 1, function () {
    unset($_SESSION[SESSION]);
});

add_hook('InvoiceCreated', 1, function ($vars) {
    run('InvoiceCreated', function () use ($vars) {
        on_invoice($vars);
    });
});

// What matters most is refused before it is done, wherever WHMCS asks first.
foreach (['ClientDetailsValidation', 'ContactDetailsValidation', 'ShoppingCartValidateCheckout', 'TicketOpenValidation'] as $asked_first) {
    add_hook($asked_first, 1, function () {
        $errors = null;
        run('validation', function () use (&$errors) {
            $errors = is_unconfirmed() ? [text('not_confirmed')] : null;
        });
        return $errors;
    });
}

if (defined('CLIENTAREA') && PHP_SAPI !== 'cli') {
    run('page', function () {
        guard(true);
    });
}
