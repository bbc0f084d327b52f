#pragma once
// What the control socket counts of itself: connections, calls by method and outcome, how long they
// took. Only labels with few values: never a user, a vault or an order. Owned by the server;
// control thread only; cannot fail.
#include "common/base/clock.hpp"
#include "common/base/error.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace vault::control {

class Metrics {
  public:
    // Upper bounds of the duration's buckets, as they are written in a label.
    struct Bound {
        SteadyTime at;
        std::string_view text;
    };
    static constexpr std::array<Bound, 8> kBounds{{{std::chrono::microseconds{500}, "0.0005"},
                                                   {std::chrono::milliseconds{2}, "0.002"},
                                                   {std::chrono::milliseconds{10}, "0.01"},
                                                   {std::chrono::milliseconds{50}, "0.05"},
                                                   {std::chrono::milliseconds{250}, "0.25"},
                                                   {std::chrono::seconds{1}, "1"},
                                                   {std::chrono::seconds{5}, "5"},
                                                   {std::chrono::seconds{30}, "30"}}};
    struct Timing {
        std::array<std::uint64_t, kBounds.size() + 1> counts{};  // of each bucket alone
        SteadyTime sum{};
    };
    using Calls = std::map<std::pair<std::string_view, std::string_view>, std::uint64_t>;

    // A connection, for as long as it lives. `refused`: why it gets no seat; empty: it has one.
    class Connection {
      public:
        Connection(Metrics& metrics, std::string_view refused);
        ~Connection() { --metrics_.connections_; }
        Connection(const Connection&) = delete;
        Connection& operator=(const Connection&) = delete;

      private:
        Metrics& metrics_;
    };

    // A call that was answered without being begun; `method` is empty if there is none of its name.
    void refused(std::string_view method, Errc why);
    void begun() { ++in_flight_; }
    void ended(std::string_view method, std::optional<Errc> fault, SteadyTime took);

    const Calls& calls() const { return calls_; }  // by method and code
    const std::map<std::string_view, Timing>& timings() const { return timings_; }
    const std::map<std::string_view, std::uint64_t>& refused_connections() const {
        return refused_connections_;
    }
    std::uint64_t in_flight() const { return in_flight_; }
    std::uint64_t connections() const { return connections_; }
    std::uint64_t connections_total() const { return connections_total_; }

  private:
    Calls calls_;
    std::map<std::string_view, Timing> timings_;
    std::map<std::string_view, std::uint64_t> refused_connections_{{"full", 0}, {"not_allowed", 0}};
    std::uint64_t in_flight_ = 0;
    std::uint64_t connections_ = 0;
    std::uint64_t connections_total_ = 0;
};

}  // namespace vault::control
