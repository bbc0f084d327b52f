#include "daemon/app/notify.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace vault::app {

SystemdNotify::SystemdNotify() {
    if (const char* address = std::getenv("NOTIFY_SOCKET")) address_ = address;
    if (const char* text = std::getenv("WATCHDOG_USEC")) {
        const long long usec = std::atoll(text);
        if (usec > 0) interval_ = Duration{usec / 1000};
    }
}

void SystemdNotify::ready(std::string_view status) const {
    send(fmt::format("READY=1\nSTATUS={}", status));
}
void SystemdNotify::status(std::string_view text) const {
    send(fmt::format("STATUS={}", text));
}
void SystemdNotify::reloading(SteadyTime since) const {
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(since).count();
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading the configuration", usec));
}
void SystemdNotify::stopping() const {
    send("STOPPING=1\nSTATUS=draining");
}
void SystemdNotify::watchdog() const {
    send("WATCHDOG=1");
}

void SystemdNotify::send(const std::string& message) const {
    sockaddr_un address{};
    if (address_.empty() || address_.size() >= sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, address_.data(), address_.size());
    if (address_.front() == '@') address.sun_path[0] = '\0';  // an abstract socket
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    // The manager may be gone; there is nobody to tell then.
    (void)!::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&address), size);
    ::close(fd);
}

}  // namespace vault::app
