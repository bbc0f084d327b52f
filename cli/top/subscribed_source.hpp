#pragma once
// Follows the topic `top` over one kept connection: sub.open with what is wanted, anew whenever
// that changes, credit as documents arrive, and a new connection whenever the daemon goes or falls
// silent. At most one call waits for its answer. Never blocks for longer than it takes to connect
// to a local socket, which is why client::Subscription is not used here. One thread.
#include "cli/top/source.hpp"
#include "common/base/secret.hpp"
#include "common/protocol/framing.hpp"
#include "common/protocol/messages.hpp"

#include <string>
#include <utility>

namespace vault::top {

class SubscribedSource final : public SnapshotSource {
  public:
    struct Options {
        std::string socket;  // path
        std::string name;    // name and version of the program, for hello
        Duration interval{1000};
        const Secret* token = nullptr;  // of who asks; outlives the source
    };
    SubscribedSource(Options options, const Clock& clock);
    ~SubscribedSource() override;
    SubscribedSource(const SubscribedSource&) = delete;
    SubscribedSource& operator=(const SubscribedSource&) = delete;

    void want(json::object params) override { params_ = std::move(params); }
    void hold(bool held) override { held_ = held; }
    Watch watch() const override;
    void turn() override;
    std::optional<Snapshot> take() override { return std::exchange(arrived_, std::nullopt); }
    Link link() const override;

  private:
    enum class Call { None, Hello, Open, Close, Credit };

    Call next_call() const;
    void connect();
    void begin(Call call);
    void send(const protocol::Request& request);
    void write();
    void read();
    void take_line(const std::string& line);
    void take_notice(protocol::Notification notice);
    void take_reply(protocol::Reply reply);
    void drop(std::string why);
    void heard() { heard_at_ = clock_.steady(); }

    Options options_;
    const Clock& clock_;
    int fd_ = -1;
    protocol::LineSplitter lines_{protocol::kMaxReplyBytes};
    std::string out_;  // not sent yet
    std::int64_t next_id_ = 1;
    Call call_ = Call::None;  // that waits for its answer
    std::int64_t sub_ = 0;    // 0: nothing is followed
    std::int64_t taken_ = 0;  // documents since credit was granted
    bool held_ = false;
    json::object params_, asked_;  // wanted, and what `sub_` was opened with
    std::optional<Snapshot> arrived_;
    SteadyTime retry_at_{};  // the next try to connect, or to open what was refused
    SteadyTime give_up_{};   // of the call that waits
    SteadyTime heard_at_;    // the last line of the daemon
    SteadyTime arrived_at_;  // the last document
    std::string why_;        // lost, or refused
};

}  // namespace vault::top
