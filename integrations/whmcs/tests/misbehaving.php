<?php
/** Servers that are not what they should be, each under a path of its own. run.php serves it with `php -S`. */

$path = (string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
file_put_contents(getenv('TEST_PLACE') . '/misbehaving.log', $path . "\n", FILE_APPEND);
switch (explode('/', $path)[1]) {
    case 'redirect':
        header('Location: /elsewhere/api/v1/otp', true, 307);
        break;
    case 'elsewhere':
        echo '{"success":true,"otpId":"of-somebody-else","valid":true}';
        break;
    case 'garbage':
        echo '<html>502 from some proxy</html>';
        break;
    case 'broken':
        http_response_code(500);
        echo '{"success":false,"error":"out of order; phone 14152000001"}';
        break;
    case 'huge':
        echo '{"success":true,"otpId":"', str_repeat('x', 1000000), '"}';
        break;
    case 'half':
        echo '{"success":true}';
        break;
    case 'slow':
        sleep(3);
        break;
}
