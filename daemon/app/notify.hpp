#pragma once
// SystemdNotify: tells the service manager how the daemon is, one datagram to $NOTIFY_SOCKET
// (sd_notify(3)); does nothing when the variable is not set. Owned by the App; its thread.
#include "common/base/clock.hpp"
#include "common/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace vault::app {

class SystemdNotify {
  public:
    SystemdNotify();  // reads NOTIFY_SOCKET and WATCHDOG_USEC

    void ready(std::string_view status) const;
    void status(std::string_view text) const;
    // The configuration is read again; ready() ends it. `since` is CLOCK_MONOTONIC.
    void reloading(SteadyTime since) const;
    void stopping() const;
    void watchdog() const;
    // How often the manager wants to hear from us; none: it does not.
    std::optional<Duration> watchdog_interval() const { return interval_; }

  private:
    void send(const std::string& message) const;
    std::string address_;
    std::optional<Duration> interval_;
};

}  // namespace vault::app
