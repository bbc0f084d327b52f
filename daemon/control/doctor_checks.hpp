#pragma once
// The daemon's half of `vaultctl doctor`: what it can tell of itself and of where it runs. The
// client's half looks at the socket, the peer and the unit. A check says ok, warning or failed, and
// the command that mends it. May look at the file system (one stat); control thread; cannot fail.
#include "daemon/control/call.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace vault::control {

class DoctorChecks {
  public:
    // `engine`: its status, or why it did not answer.
    void engine(const Result<boost::json::object>& engine);
    void store(const ports::StoreHealth& health, const std::string& state_dir);
    void configuration(const ports::ConfigView& view);
    // Descriptors that full connections need, against what the process may open.
    void limits(std::uint64_t needed);
    void state_dir(const std::string& path);
    // How far the wall clock has run from the steady one since the start.
    void clock(Duration drift);
    void feed(const ports::FeedState& state);

    boost::json::array take() { return std::move(list_); }

  private:
    void ok(std::string_view name, std::string message) { add(name, "ok", std::move(message), {}); }
    void warning(std::string_view name, std::string message, std::string fix) {
        add(name, "warning", std::move(message), std::move(fix));
    }
    void failed(std::string_view name, std::string message, std::string fix) {
        add(name, "failed", std::move(message), std::move(fix));
    }
    void add(std::string_view name, std::string_view status, std::string message, std::string fix);

    boost::json::array list_;
};

}  // namespace vault::control
