#pragma once
// Calls the method `top` again and again over one kept connection, at most one call at a time, and
// connects anew whenever the daemon goes. Never blocks for longer than it takes to connect to a
// local socket. One thread.
#include "cli/top/source.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"

#include <string>

namespace vault::top {

class PollingSource final : public SnapshotSource {
  public:
    struct Options {
        std::string socket;  // path
        std::string name;    // name and version of the program, for hello
        Duration interval{1000};
    };
    PollingSource(Options options, const Clock& clock);
    ~PollingSource() override;
    PollingSource(const PollingSource&) = delete;
    PollingSource& operator=(const PollingSource&) = delete;

    void want(json::object params) override;
    void hold(bool held) override;
    Watch watch() const override;
    void turn() override;
    std::optional<Snapshot> take() override { return std::exchange(arrived_, std::nullopt); }
    Link link() const override;

  private:
    enum class State { Down, Greeting, Idle, Waiting };

    void connect();
    void ask();
    void send(const protocol::Request& request);
    void write();
    void read();
    void take_line(const std::string& line);
    void take_reply(protocol::Reply reply);
    void drop(std::string why);
    bool due() const;

    Options options_;
    const Clock& clock_;
    State state_ = State::Down;
    int fd_ = -1;
    protocol::LineSplitter lines_{protocol::kMaxReplyBytes};
    std::string out_;  // not sent yet
    std::int64_t next_id_ = 1;
    json::object params_, asked_;
    std::optional<Snapshot> arrived_;
    bool held_ = false;
    bool at_once_ = true;
    SteadyTime next_{};      // Down: the next try; Idle: the next call
    SteadyTime give_up_{};   // Greeting and Waiting: no answer will come any more
    SteadyTime arrived_at_;  // the last document
    std::string why_;        // lost, or refused
};

}  // namespace vault::top
