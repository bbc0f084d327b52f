#pragma once
// A request and its reply, as the API sees them: no connection, no header but what it reads; and
// how much of the reply its client gets and when, which a fault decides. Values; one thread.
#include <cstdint>
#include <functional>
#include <string>

namespace vault::kraken_emulator {

struct Request {
    std::string method;        // "GET"
    std::string path;          // "/0/public/Time"
    std::string query;         // without '?'
    std::string content_type;  // of the body
    std::string api_key, api_sign;
    std::string body;
    std::string address{};  // of the client
};

enum class Delivery : std::uint8_t {
    Whole,
    Cut,    // half of the body, though its length says all; then the connection closes
    Never,  // the connection stays open and silent
    Reset,  // the connection is reset
    Late,   // once it is due
    Doubled,
};

struct Reply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string content_encoding{};  // empty: none
    std::string body{};
    Delivery delivery = Delivery::Whole;
    std::function<bool()> is_due{};  // of a late one
};

}  // namespace vault::kraken_emulator
