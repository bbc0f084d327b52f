#pragma once
// LineSplitter: bytes of a stream in, lines out. It stops for good at the first line over its limit
// and at a first line that is HTTP; the owner answers one error and closes. One per connection, on
// that connection's thread. Memory is bounded by the limit plus one read.
#include "common/protocol/codec.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vault::protocol {

class LineSplitter {
  public:
    enum class Fault { None, TooLong, Http };

    explicit LineSplitter(std::size_t limit = kMaxRequestBytes) : limit_(limit) {}

    // Ignored once fault() is not None.
    void feed(std::string_view bytes);
    // The next whole line without "\n" (and without "\r" before it); empty lines are skipped.
    std::optional<std::string> next();
    Fault fault() const { return fault_; }
    // Bytes of an unfinished line; a peer that closes with some left was cut off.
    std::size_t pending() const { return buffer_.size() - start_; }

  private:
    std::string buffer_;
    std::size_t limit_;
    std::size_t start_ = 0;    // first byte that was not handed out
    std::size_t scanned_ = 0;  // no line feed in [start_, scanned_)
    bool first_ = true;
    Fault fault_ = Fault::None;
};

// A request line of HTTP ("GET / HTTP/1.1"), which some tools send to any socket.
bool looks_like_http(std::string_view line);

}  // namespace vault::protocol
