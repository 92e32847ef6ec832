<?php
/**
 * Settings of WhatsApp OTP for WHMCS. Copy this file to a place outside the web root that only PHP may read, and name that
 * place in WHMCS' configuration.php:
 *
 *     define('WHATSAPP_OTP_SETTINGS', '/etc/whmcs/whatsapp_otp.settings.php');
 */

return [
    // Where the server is. https, unless it is on this very machine.
    'url' => 'https://otp.example.com',

    // The key of this application, as the server's operator made it.
    'api_key' => 'replace me',

    // Ask for a code after each login to the client area.
    'verify_logins' => true,

    // Tell clients of new invoices.
    'announce_invoices' => true,

    // What happens to a login when the server cannot be reached or is out of order: false lets it in without a code and says
    // so in the activity log, true refuses it. With false the password alone is enough whenever the server is away.
    'fail_closed' => false,

    // What happens to a login of a client who has no phone number with a country code: 'allow' or 'refuse'.
    'without_phone' => 'allow',

    // Seconds until a client may ask for another code. Not less than the server's limits.cooldown_seconds.
    'resend_seconds' => 60,

    // Seconds to connect to the server, and for a whole call. A login takes at most that much longer.
    'connect_timeout_seconds' => 3,
    'timeout_seconds' => 12,

    // Replace any text that clients see; the hook file lists them under TEXTS. %d stands for a number of seconds.
    'texts' => [
        // 'sent' => 'We sent a code to your WhatsApp. It works for ten minutes.',
    ],
];
