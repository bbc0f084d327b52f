// What a turn loop tells of its people and possessions: pages of what is durable, before anybody is
// answered, and all there is whenever it was loaded.
#include "daemon/engine/turn_loop.hpp"
#include "tests/unit/engine/shard_desk.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace vault::engine::test {
namespace {

std::string no_reply(const ports::View&) {
    return "{}";
}

// One thread that does what it is told when the test says so.
class StepScheduler final : public Scheduler {
  public:
    void post(std::function<void()> work) override { work_.push_back(std::move(work)); }
    void wake_at(SteadyTime at, std::function<void()> alarm) override {
        due_ = at;
        alarm_ = std::move(alarm);
    }
    void cancel_alarm() override { alarm_ = nullptr; }
    void run() {
        while (!work_.empty()) {
            const auto next = std::move(work_.front());
            work_.pop_front();
            next();
        }
    }
    void ring(ManualClock& clock) {
        if (!alarm_) return;
        clock.advance(std::chrono::seconds{1});
        std::exchange(alarm_, nullptr)();
    }

  private:
    std::deque<std::function<void()>> work_;
    SteadyTime due_{};
    std::function<void()> alarm_;
};

class DirectorySinkTest : public testing::Test {
  protected:
    DirectorySinkTest() {
        options.catalogue = desk_catalogue();
        loop.directory.changed = [this](ports::DirectoryPage page) {
            told.push_back("page");
            pages.push_back(std::move(page));
        };
        loop.directory.loaded = [this](ports::WholeDirectory whole) {
            told.push_back("whole");
            wholes.push_back(std::move(whole));
        };
        EXPECT_TRUE(loop.start().has_value());
    }
    void call(const ports::Command& command, const std::string& word) {
        ports::CallContext context;
        context.actor = "ann";
        loop.call(context, command, no_reply, [this, word](const Result<ports::Reply>& reply) {
            told.push_back(reply ? word : word + " refused");
        });
        run();
    }
    // Until only the store could go on.
    void run() {
        scheduler.run();
        for (int i = 0; i < 3 && store.queued() == 0; ++i) {
            scheduler.ring(clock);
            scheduler.run();
        }
    }
    void commit_all() {
        while (store.step())
            scheduler.run();
        run();
    }
    static cmd::ChangeIdentity login(std::uint64_t id) {
        cmd::ChangeIdentity command{.user = UserId{1}, .object = "s1"};
        ports::SessionRow row;
        row.id = SessionId{id};
        row.user = UserId{1};
        row.token_hash = sha256(std::to_string(id));
        command.rows.sessions = {row};
        return command;
    }

    ManualClock clock{kStart};
    NullLogger log;
    Scripts scripts;
    EngineOptions options;
    store::MemoryStore store{clock};
    StepScheduler scheduler;
    std::vector<std::string> told;
    std::vector<ports::DirectoryPage> pages;
    std::vector<ports::WholeDirectory> wholes;
    TurnLoop loop{
        scheduler,
        store,
        [this] { return std::make_unique<Shard>(ShardId{1}, options, scripts, clock, log); },
        ShardId{1},
        DriverOptions{},
        clock,
        log};
};

TEST_F(DirectorySinkTest, AStartTellsAll) {
    EXPECT_EQ(told, std::vector<std::string>{"whole"});
    EXPECT_TRUE(wholes[0].users.empty());
}

TEST_F(DirectorySinkTest, APageComesOnceItIsDurableAndBeforeTheAnswer) {
    told.clear();
    call(cmd::CreateUser{"ann", Role::Admin}, "ann");
    EXPECT_TRUE(told.empty()) << "nothing is durable yet";
    ASSERT_EQ(store.queued(), 1U);
    commit_all();
    EXPECT_EQ(told, (std::vector<std::string>{"page", "ann"}));
    ASSERT_EQ(pages.size(), 1U);
    ASSERT_EQ(pages[0].users.size(), 1U);
    EXPECT_EQ(pages[0].users[0].name, "ann");
    told.clear();
    call(login(1), "login");
    commit_all();
    EXPECT_EQ(told, (std::vector<std::string>{"page", "login"}));
    EXPECT_TRUE(pages[1].users.empty());
    ASSERT_EQ(pages[1].identity.sessions.size(), 1U);
    call(cmd::AddAccount{"ann", "paper", ""}, "account");
    commit_all();
    ASSERT_EQ(pages.size(), 3U);
    EXPECT_EQ(pages[2].accounts.at(0).user, UserId{1});
}

TEST_F(DirectorySinkTest, WhatConcernsNobodyHasNoPage) {
    call(cmd::CreateUser{"ann", Role::Admin}, "ann");
    commit_all();
    told.clear();
    call(cmd::Pause{daemon_target(), "tea"}, "pause");
    call(cmd::ListUsers{}, "list");
    commit_all();
    EXPECT_EQ(std::ranges::count(told, "page"), 0);
    EXPECT_EQ(std::ranges::count(told, "pause"), 1);
}

TEST_F(DirectorySinkTest, WhatTheStoreLostIsNeverTold) {
    call(cmd::CreateUser{"ann", Role::Admin}, "ann");
    commit_all();
    call(login(1), "login");
    commit_all();
    told.clear();
    pages.clear();
    store::MemoryFaults failing;
    failing.fail_per_million = 1'000'000;
    store.set_faults(failing);
    call(cmd::CreateUser{"bob", Role::Member}, "bob");
    ASSERT_TRUE(store.step());
    store.set_faults({});
    scheduler.run();
    commit_all();
    EXPECT_EQ(std::ranges::count(told, "page"), 0);
    EXPECT_EQ(told.front(), "bob refused");
    ASSERT_EQ(wholes.size(), 2U);
    ASSERT_EQ(wholes[1].users.size(), 1U);
    EXPECT_EQ(wholes[1].users[0].name, "ann");
    EXPECT_EQ(wholes[1].identity.sessions.size(), 1U);
    EXPECT_EQ(wholes[1].identity.next_session, SessionId{2});
    told.clear();
    call(cmd::CreateUser{"bob", Role::Member}, "bob");
    commit_all();
    EXPECT_EQ(told, (std::vector<std::string>{"page", "bob"}));
    EXPECT_EQ(pages.back().users.at(0).id, UserId{2});
}

// The answer got lost, the rows did not: all is told before the caller is.
TEST_F(DirectorySinkTest, WhatWasDurableAfterAllIsTold) {
    store::MemoryFaults lost;
    lost.unknown_applied_per_million = 1'000'000;
    store.set_faults(lost);
    told.clear();
    call(cmd::CreateUser{"ann", Role::Admin}, "ann");
    ASSERT_TRUE(store.step());
    store.set_faults({});
    scheduler.run();
    commit_all();
    ASSERT_GE(told.size(), 2U);
    EXPECT_EQ(told[0], "whole");
    EXPECT_EQ(told[1], "ann");
    EXPECT_EQ(wholes.back().users.at(0).name, "ann");
    EXPECT_EQ(std::ranges::count(told, "page"), 0);
}

// Two in one batch: the session that ends is not in the page that begins it.
TEST_F(DirectorySinkTest, ABatchIsOnePage) {
    call(cmd::CreateUser{"ann", Role::Admin}, "ann");
    commit_all();
    pages.clear();
    const auto ask = [&](const ports::Command& command) {
        ports::CallContext context;
        context.actor = "ann";
        loop.call(context, command, no_reply, [](const Result<ports::Reply>&) {});
    };
    ask(login(1));
    cmd::ChangeIdentity logout{.user = UserId{1}, .object = "s1"};
    logout.rows.ended_sessions = {SessionId{1}};
    ask(logout);
    ask(login(2));
    run();
    commit_all();
    ASSERT_EQ(pages.size(), 1U);
    ASSERT_EQ(pages[0].identity.sessions.size(), 1U);
    EXPECT_EQ(pages[0].identity.sessions[0].id, SessionId{2});
    EXPECT_EQ(pages[0].identity.ended_sessions, std::vector{SessionId{1}});
}

}  // namespace
}  // namespace vault::engine::test
