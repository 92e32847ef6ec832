<?php
/** A server that says yes to everything, under a certificate that nobody vouches for. Its address is the one argument. */

$key = openssl_pkey_new();
$certificate = openssl_csr_sign(openssl_csr_new(['commonName' => '127.0.0.1'], $key), null, $key, 1);
openssl_x509_export($certificate, $certificate_text);
openssl_pkey_export($key, $key_text);
$file = getenv('TEST_PLACE') . '/selfsigned.pem';
file_put_contents($file, $certificate_text . $key_text);

$context = stream_context_create(['ssl' => ['local_cert' => $file]]);
$server = stream_socket_server("ssl://$argv[1]", $number, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
while (true) {
    $connection = @stream_socket_accept($server, 60);
    if ($connection !== false) {
        fread($connection, 8192);
        $body = '{"success":true,"otpId":"of-somebody-else","valid":true}';
        fwrite($connection, "HTTP/1.1 200 OK\r\nContent-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
        fclose($connection);
    }
}
