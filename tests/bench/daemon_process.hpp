#pragma once
// DaemonProcess: the built vaultd, started on a private state directory and socket, the people who
// sign in there, and what Linux says about it. Caller: one connection to its control socket, of one
// of them, that keeps several requests in flight. Bench programs only; one thread; whatever fails
// ends the program with the daemon's log.
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace vault::bench {

namespace json = boost::json;

enum class Limits {
    Open,     // those that are there against strangers are no part of what is measured
    Shipped,  // the defaults
};

class DaemonProcess {
  public:
    // state: an existing directory; socket, log and configuration lie in it too.
    explicit DaemonProcess(std::filesystem::path state, Limits limits = Limits::Open);
    ~DaemonProcess();  // kills what still runs
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;

    // Returns when the daemon's shard answers `health`: the seconds that took.
    double start();
    void stop();  // SIGTERM, as systemd does
    void kill();  // SIGKILL

    // A new session's token. The first who signs in is made the admin, by root or the daemon's own
    // uid; further names are made members by the admin. Costs some password hashes, so it is no
    // part of what is measured. Sessions go on after a restart.
    std::string sign_in(const std::string& name = kAdmin);
    // What everybody's password is read from.
    std::string password_file() const { return (state_ / "password").string(); }
    static constexpr const char* kAdmin = "bench";

    std::string socket() const { return (state_ / "control.sock").string(); }
    double resident_mib() const;  // as ps shows it
    double cpu_seconds() const;   // user and system, all threads, so far

  private:
    bool answers() const;
    void reap();

    std::filesystem::path state_;
    std::string admin_;  // a token of the admin's; empty: not made yet
    pid_t pid_ = -1;
};

// A socket that is connected, or -1.
int connect_to(const std::string& path);

class Caller {
  public:
    // `token`: who calls; empty: nobody.
    explicit Caller(const std::string& socket, std::string token = {});
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    // Waits for all earlier ones too. The reply's data. What a busy daemon puts off is sent again,
    // later than what was posted after it; any other refusal ends the program.
    json::value call(std::string_view method, json::object params);
    // Sends, and waits only while too many are in flight.
    void post(std::string_view method, json::object params);
    void drain();

  private:
    void send(std::string_view method, json::object params);
    void write(const std::string& line);
    json::value receive();  // one that was done

    int fd_ = -1;
    std::string token_;
    static inline int callers_ = 0;
    const int number_ = ++callers_;  // keys are of a user, who may have several callers
    std::int64_t last_id_ = 0;
    std::map<std::int64_t, std::string> flying_;  // lines without an answer, by id
    protocol::LineSplitter lines_{protocol::kMaxReplyBytes};
};

}  // namespace vault::bench
