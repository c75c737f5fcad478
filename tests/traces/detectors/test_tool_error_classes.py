"""What real programs say when a call fails, and of what sort that is."""

import pytest

from tests.traces.talks import call, failed, talk
from traces.detectors.tool_error import CLASSES, classify, detect

MESSAGES = {
    "auth": [
        # Stripe, OpenAI, AWS, Google, GitHub, Slack, PostgreSQL, MySQL, gRPC, Node, Python, IMAP, JWT libraries
        "Invalid API Key provided: sk_test_****4242",
        "Incorrect API key provided: sk-ab***yz.",
        "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
        "An error occurred (ExpiredTokenException): The security token included in the request is expired",
        "An error occurred (UnrecognizedClientException): The security token included in the request is invalid.",
        "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.",
        "Request had insufficient authentication scopes.",
        "Error 401: Bad credentials",
        '{"ok": false, "error": "invalid_auth"}',
        '{"ok": false, "error": "missing_scope", "needed": "chat:write"}',
        'FATAL: password authentication failed for user "app"',
        "permission denied for table customers",
        "ERROR 1045 (28000): Access denied for user 'app'@'10.0.0.4' (using password: YES)",
        'rpc error: code = PermissionDenied desc = caller lacks permission "orders.read"',
        "rpc error: code = Unauthenticated desc = missing bearer token",
        "EACCES: permission denied, open '/data/orders.json'",
        "PermissionError: [Errno 13] Permission denied: '/data/orders.json'",
        "jwt expired",
        "TokenExpiredError: jwt expired",
        "invalid_grant: Token has been expired or revoked.",
        "INVALID_SESSION_ID: Session expired or invalid",
        "HTTP 407 Proxy Authentication Required",
        "x509: certificate has expired or is not yet valid",
        "You do not have permission to perform this action.",
    ],
    "schema": [
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        "SyntaxError: Unexpected token < in JSON at position 0",
        "Unexpected end of JSON input",
        "invalid character '<' looking for beginning of value",
        "KeyError: 'total_price'",
        "TypeError: Cannot read properties of undefined (reading 'items')",
        "AttributeError: 'NoneType' object has no attribute 'get'",
        'column "total_price" does not exist',
        "no such column: orders.total",
        'relation "order_items" does not exist',
        "ERROR 1054 (42S22): Unknown column 'total' in 'field list'",
        'invalid input syntax for type integer: "A-17"',
        "422 Unprocessable Entity: body.amount: value is not a valid integer",
        "1 validation error for Order\nitems.0.price\n  Input should be a valid number",
        "GraphQL error: Cannot query field 'totalPrice' on type 'Order'.",
        "jsonschema.exceptions.ValidationError: 'amount' is a required property",
        "rpc error: code = Internal desc = grpc: failed to unmarshal the received message",
        "xml.etree.ElementTree.ParseError: not well-formed (invalid token): line 1, column 5",
        "IndexError: list index out of range",
        "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ],
    "network": [
        "HTTPSConnectionPool(host='api.shop.test', port=443): Max retries exceeded with url: /orders",
        "requests.exceptions.ReadTimeout: Read timed out. (read timeout=10)",
        "connect ECONNREFUSED 127.0.0.1:5432",
        "getaddrinfo ENOTFOUND api.shop.test",
        "read ECONNRESET",
        "socket hang up",
        "TypeError: fetch failed",
        "dial tcp 10.0.0.9:443: i/o timeout",
        "context deadline exceeded",
        "rpc error: code = Unavailable desc = transport is closing",
        "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
        "502 Bad Gateway",
        "503 Service Temporarily Unavailable",
        "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
        "could not connect to server: Connection refused",
        "psycopg2.OperationalError: server closed the connection unexpectedly",
        "Error 524: A timeout occurred",
        "SSLError: certificate verify failed: unable to get local issuer certificate",
        "Temporary failure in name resolution",
        "AbortError: The operation was aborted due to timeout",
        "net::ERR_INTERNET_DISCONNECTED",
        "BrokenPipeError: [Errno 32] Broken pipe",
    ],
    "rate limit": [
        "Error code: 429 - Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000",
        "You exceeded your current quota, please check your plan and billing details.",
        "An error occurred (ThrottlingException) when calling the InvokeModel operation: Too many requests",
        "An error occurred (ProvisionedThroughputExceededException) when calling the Query operation",
        "rpc error: code = ResourceExhausted desc = grpc: received message larger than limit",
        "API rate limit exceeded for user ID 4711.",
        '{"ok": false, "error": "ratelimited"}',
        "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.",
        "Overloaded: the model is currently overloaded with other requests",
        "SlowDown: Please reduce your request rate.",
        "userRateLimitExceeded",
    ],
    "not found": [
        "No such customer: 'cus_4711'",
        "404 page not found",
        "FileNotFoundError: [Errno 2] No such file or directory: '/data/a.csv'",
        "ENOENT: no such file or directory, open 'a.csv'",
        "orders.models.Order.DoesNotExist: Order matching query does not exist.",
        'rpc error: code = NotFound desc = order "A-17" not found',
        "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.",
        "ResourceNotFoundException: Requested resource not found",
        "sql: no rows in result set",
        "410 Gone",
        "Unknown order id A-17",
        "There is no reservation with this number.",
    ],
    "invalid call": [
        "TypeError: refund() got an unexpected keyword argument 'order'",
        "refund() missing 1 required positional argument: 'order_id'",
        "Missing required param: amount.",
        "Amount must be at least $0.50 usd",
        "ValueError: time data '2026-13-01' does not match format '%Y-%m-%d'",
        "rpc error: code = InvalidArgument desc = page_size must be positive",
        "rpc error: code = FailedPrecondition desc = order is not paid",
        "An error occurred (ValidationException): 1 item has an invalid state",
        "Unknown tool: get_orders",
        "Tool 'get_orders' is not available.",
        "400 Bad Request",
        "405 Method Not Allowed",
        "409 Conflict: order was changed by someone else",
        "Charge ch_1 has already been refunded.",
        'duplicate key value violates unique constraint "orders_pkey"',
        "Error: non-pending order cannot be modified",
        "Error: Not enough balance in payment method gift_card_1",
        "Your card was declined.",
        "amount above the limit",
        "quantity exceeds the maximum order size",
        'syntax error at or near "SELEC"',
    ],
    "other": [
        "500 Internal Server Error",
        "boom",
        "Something went wrong.",
        "Error: refund failed",
        "Segmentation fault (core dumped)",
        "An unexpected error occurred while processing order 4042 of 5030",
    ],
}
ROWS = [(message, kind) for kind, messages in MESSAGES.items() for message in messages]


@pytest.mark.parametrize(("message", "kind"), ROWS)
def test_classify_knows_what_real_programs_say(message: str, kind: str) -> None:
    step = call("lookup", message) if message.startswith("{") else failed("lookup", message)
    assert classify(step) == kind


def test_every_class_is_tried() -> None:
    assert {*MESSAGES} == {*CLASSES}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("order 401 is not here", "other"),
        ("Item 4290 has a scratch", "other"),
        ("The socket wrench set costs 12 USD too much", "other"),
        ("Reservation NETWORK1 not found", "not found"),
        ("Payment method credit_card_5030 not found", "not found"),
    ],
)
def test_classify_is_not_misled_by_ids_and_goods(message: str, kind: str) -> None:
    assert classify(failed("lookup", message)) == kind


def test_detect_writes_the_class_as_detail() -> None:
    [found] = detect(talk(failed("refund", "401 token expired")))
    assert found.detail == "auth"
