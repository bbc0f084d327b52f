#pragma once
// ScriptDesk: between a shard's turns and whoever runs users' scripts. After a turn it starts and
// stops what the shard wants, and shows scripts the ticks that the turn left; what comes of them it
// keeps for the next turn. It outlives the shards: with one that was loaded again the scripts begin
// anew, and what the one before had asked is nobody's. Owned by the TurnLoop; its thread.
#include "daemon/engine/shard.hpp"

#include <deque>
#include <functional>

namespace vault::engine {

class ScriptDesk final : public ports::ScriptListener {
  public:
    // `wake`: there is news for a turn.
    explicit ScriptDesk(std::function<void()> wake) : wake_(std::move(wake)) {}
    // Once, before the first shard. Without a host scripts are given up at once.
    void use(ports::ScriptHost& host) { host_ = &host; }

    void introduce(Shard& shard);
    void serve(Shard& shard);
    void tell_news(Shard& shard);

    void decided(const std::string& script, const ports::ScriptDecision& decision) override;
    void failed(const std::string& script, std::uint64_t seq,
                const ports::ScriptComplaint& why) override;
    void changed(const ports::ScriptStatus& status) override;

  private:
    using Specs = std::map<std::string, ports::ScriptSpec>;
    void want(Specs wanted);
    void start(const ports::ScriptSpec& spec);
    void note(ScriptNews news);

    std::function<void()> wake_;
    ports::ScriptHost* host_ = nullptr;
    Specs wanted_;
    std::map<std::string, ports::ScriptStatus> statuses_;  // as last told, of those wanted
    std::deque<ScriptNews> news_;
    std::uint64_t last_seq_ = 0;
};

}  // namespace vault::engine
