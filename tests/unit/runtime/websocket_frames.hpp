#pragma once
// The server's side of a WebSocket in bytes (RFC 6455), so that a test can also say what no good
// server says. On a Peer of the LoopbackServer; blocking.
#include "tests/unit/runtime/loopback_server.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace vault::runtime {

enum class Op : std::uint8_t {
    More = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
};

// Header and payload as a server sends them: not masked.
std::string frame(Op op, std::string_view payload, bool last = true);
// The header alone, for a payload of so many bytes.
std::string frame_header(Op op, std::uint64_t bytes, bool last = true);
std::string close_frame(unsigned code, std::string_view reason);

struct Frame {
    Op op = Op::Close;
    bool last = true;
    bool masked = false;
    std::string payload;  // unmasked
};
// A Close without payload when the client went before.
Frame read_frame(Peer& peer);

// Reads the upgrade and agrees. Gives the request's head; empty when the client went before.
std::string agree(Peer& peer);

}  // namespace vault::runtime
