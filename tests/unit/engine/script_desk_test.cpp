// What scripts are told to do when a shard begins, and when one that was lost begins again. The
// host writes down what it is asked.
#include "daemon/engine/script_desk.hpp"

#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

namespace vault::engine::test {
namespace {

class Host final : public ports::ScriptHost {
  public:
    Result<void> start(const ports::ScriptSpec& spec) override {
        done.push_back("start " + spec.name);
        return success();
    }
    void tick(const std::string& script, const ports::ScriptTick& tick) override {
        done.push_back("tick " + script);
        seqs.push_back(tick.seq);
    }
    void stop(const std::string& script) override { done.push_back("stop " + script); }
    std::vector<ports::ScriptStatus> status() const override { return {}; }

    std::vector<std::string> take() { return std::exchange(done, {}); }

    std::vector<std::string> done;
    std::vector<std::uint64_t> seqs;
};

class ScriptDeskTest : public ::testing::Test {
  protected:
    ScriptDeskTest() {
        engine_.tick("2000");
        cmd::SetStrategy choice{kV1, kFlash, "script", {}};
        choice.command = "./mine.py";
        engine_.must(choice);
        name_ = engine_.sleeve(kFlash).script->name;
        desk_.use(host_);
        desk_.introduce(engine_.shard());
        desk_.serve(engine_.shard());
    }
    void tell(ports::ScriptPhase phase) {
        ports::ScriptStatus status;
        status.name = name_;
        status.phase = phase;
        desk_.changed(status);
        desk_.tell_news(engine_.shard());
    }
    void tick(std::string_view price) {
        engine_.tick(price);
        desk_.serve(engine_.shard());
    }
    // The shard is lost and comes from the store, as after a commit that failed.
    void lose_the_shard() {
        engine_.restart();
        desk_.introduce(engine_.shard());
        desk_.tell_news(engine_.shard());
        desk_.serve(engine_.shard());
    }
    using Done = std::vector<std::string>;

    OpenDesk engine_;
    Host host_;
    int woken_ = 0;
    ScriptDesk desk_{[this] { ++woken_; }};
    std::string name_;
};

TEST_F(ScriptDeskTest, AScriptThatSawWhatIsLostBeginsAnewWithHigherNumbers) {
    EXPECT_EQ(host_.take(), Done{"start " + name_});
    tell(ports::ScriptPhase::Ready);
    tick("2000");
    EXPECT_EQ(host_.take(), Done{"tick " + name_});
    lose_the_shard();
    EXPECT_EQ(host_.take(), (Done{"stop " + name_, "start " + name_}));
    EXPECT_EQ(engine_.world().health_of(*engine_.sleeve(kFlash).script).phase,
              ports::ScriptPhase::Waiting);
    tell(ports::ScriptPhase::Ready);
    tick("2001");
    ASSERT_EQ(host_.seqs.size(), 2U);
    EXPECT_GT(host_.seqs[1], host_.seqs[0]);
}

TEST_F(ScriptDeskTest, NewsOfTheShardBeforeIsNobodys) {
    tell(ports::ScriptPhase::Ready);
    tick("2000");
    desk_.decided(name_, {host_.seqs.at(0), ports::Action::Buy, "dip", {}, {}, {}});
    const std::size_t decisions = engine_.all().decisions.size();
    lose_the_shard();
    EXPECT_EQ(engine_.all().decisions.size(), decisions);
    EXPECT_GT(woken_, 0);
}

TEST_F(ScriptDeskTest, OneThatWasGivenUpStaysSo) {
    host_.take();
    tell(ports::ScriptPhase::GaveUp);
    lose_the_shard();
    EXPECT_EQ(host_.take(), Done{});
    EXPECT_EQ(engine_.world().health_of(*engine_.sleeve(kFlash).script).phase,
              ports::ScriptPhase::GaveUp);
}

}  // namespace
}  // namespace vault::engine::test
