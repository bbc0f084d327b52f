#pragma once
// Limits of the control socket (design/control.md, "Protocol"; reference/control.md, a.2). Plain
// values; the configuration fills them, the defaults are the shipped ones.
#include "common/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace vault::control {

struct Options {
    std::string socket_path;  // absolute, at most 107 bytes
    std::uint32_t mode = 0660;
    std::optional<std::string> group;  // name; none: as created
    std::size_t max_connections = 128;
    std::size_t max_per_uid = 32;
    std::size_t reserved_connections = 16;          // past the limits, for reserved methods only
    Duration reserved_for{10'000};                  // such a connection is closed after this
    std::uint32_t requests_per_second = 50;         // per uid, > 0; see TokenBuckets
    std::uint32_t burst = 200;                      // per uid, > 0
    std::size_t frame_max = 1U << 20;               // bytes of one request line
    std::size_t max_in_flight = 16;                 // per connection
    std::size_t max_reserved_in_flight = 64;        // per connection; past it reading waits
    std::size_t max_reserved_reads = 2;             // of those, that change nothing
    std::uint32_t reserved_reads_per_second = 200;  // per connection, > 0; see ReservedReads
    std::size_t write_queue_max = 4U << 20;         // bytes; past it reading waits
    std::size_t write_queue_limit = 16U << 20;      // bytes; past it the connection is closed
    std::size_t max_waiting_reads = 64;             // of the store, over all connections
    std::size_t max_subscriptions = 8;              // per connection
    std::size_t max_subscriptions_per_user = 128;   // over all connections
    std::size_t ring_events = 10'000;               // the newest, kept for who follows along
    std::size_t feed_queue = 64U << 10;  // bytes not written yet; past it subscriptions rest
    Duration alive_every{10'000};        // of silence of a subscription
    Duration document_within{10'000};    // a state topic's document, else it is left out
    Duration hello_within{5'000};
    Duration slow_after{30'000};  // a peer that takes no byte for so long is closed
    bool registration = true;     // whoever can connect may ask to become a member
    Duration stop_grace{5'000};   // for calls in flight when the daemon stops
};

}  // namespace vault::control
