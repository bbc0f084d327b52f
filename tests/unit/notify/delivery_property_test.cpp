// From any mix of alerts, failing and lying targets, slow commits and crashes: every alert that the
// store has is delivered at least once to each of its targets, none before it is durable, none
// again once its confirmation is, and every repetition under the same id.
#include "daemon/engine/shard.hpp"
#include "daemon/notify/message.hpp"
#include "daemon/store/memory/memory_store.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

namespace vault::notify {
namespace {

namespace cmd = ports::cmd;
using ports::AlertRow;
using ports::DeliveryState;

class NoFeeds final : public ports::FeedFactory {
  public:
    Result<ports::OpenedFeed> open(const ports::FeedSource&) override {
        return Error{Errc::NotFound, "there are no feeds here"};
    }
};

std::string no_reply(const ports::View&) {
    return "{}";
}

using Key = std::pair<std::uint32_t, std::string>;  // alert, target

class DeliveryWorld {
  public:
    explicit DeliveryWorld(std::uint64_t seed) : chance_(seed), store_(clock_) {
        options_.alerts.repeat_after = std::chrono::minutes{10};
        options_.alerts.routes = {{"ops", ports::Severity::Warning, {}},
                                  {"pager", ports::Severity::Critical, {}},
                                  {"night", ports::Severity::Warning, {}}};
        rules_.retry_after = std::chrono::seconds{10};
        rules_.targets = {
            {.to = {.name = "ops"}},
            {.to = {.name = "pager"}},
            {.to = {.name = "night"}, .quiet = {std::chrono::hours{22}, std::chrono::hours{6}}}};
        boot();
    }

    void step() {
        const unsigned roll = below(100);
        if (roll < 25)
            raise();
        else if (roll < 60)
            send();
        else if (roll < 75)
            while (store_.step() && below(3) != 0) {
            }
        else if (roll < 96)
            clock_.advance(std::chrono::seconds{below(240)});
        else
            crash();
        if (!shard_->batch_empty()) commit();
    }

    // Nothing fails any more: what waits gets there.
    void flush() {
        honest_ = true;
        for (int round = 0; round < 4'000; ++round) {
            send();
            if (!shard_->batch_empty()) commit();
            while (store_.step()) {
            }
            clock_.advance(std::chrono::minutes{1});
            if (outbox_->waiting() == 0) return;
        }
        ADD_FAILURE() << outbox_->waiting() << " alerts still wait";
    }

    void check_all_were_told() {
        for (const AlertRow& row : std::as_const(*shard_).world().alerts.slots())
            for (const ports::Delivery& delivery : row.deliveries) {
                EXPECT_EQ(delivery.state, DeliveryState::Delivered) << row.id.value;
                EXPECT_TRUE(got_.contains({row.id.value, delivery.target})) << row.id.value;
            }
        for (const auto& [key, names] : names_)
            EXPECT_EQ(names.size(), 1U) << "n" << key.first << " came under several ids";
    }
    std::size_t received = 0, repeated = 0, crashes = 0;

  private:
    unsigned below(unsigned most) { return static_cast<unsigned>(chance_() % most); }

    void boot() {
        shard_ = std::make_unique<engine::Shard>(ShardId{1}, options_, feeds_, clock_, log_);
        const auto snapshot = store_.load(ShardId{1});
        ASSERT_TRUE(snapshot.has_value() && shard_->load(snapshot.value()).has_value());
        pages_.clear();
        settling_.clear();
        outbox_ = std::make_unique<Outbox>();
        outbox_->configure(rules_);
        adopt(engine::all_alerts(shard_->world()));
        ++generation_;
    }

    void crash() {
        ++crashes;
        store_.crash();
        boot();
    }

    void adopt(ports::AlertPage page) {
        for (const AlertRow& row : page.rows) {
            durable_.insert(row.id.value);
            for (const ports::Delivery& delivery : row.deliveries)
                if (delivery.state == DeliveryState::Delivered)
                    confirmed_.insert({row.id.value, delivery.target});
        }
        outbox_->adopt(std::move(page));
    }

    void apply(const ports::Command& command) {
        ports::CallContext context;
        context.actor = "engine";
        ASSERT_TRUE(shard_->apply(context, command, no_reply).has_value());
    }

    void raise() {
        const auto severity = below(2) == 0 ? ports::Severity::Warning : ports::Severity::Critical;
        apply(cmd::Raise{severity, fmt::format("kind{}", below(30)), fmt::format("v{}", below(4)),
                         "words"});
    }

    void commit() {
        ports::Batch batch = shard_->close_batch();
        pages_.emplace_back(batch.n, engine::alerts_in(batch, shard_->world()));
        const std::uint64_t mine = generation_;
        store_.commit(std::move(batch), [this, mine](const ports::CommitReport& report) {
            if (mine == generation_ && report.status == ports::CommitStatus::Durable)
                on_durable(report.n);
        });
    }

    // As the turn loop: pages first, then the callers of what is in them.
    void on_durable(BatchNo n) {
        while (!pages_.empty() && pages_.front().first <= n) {
            adopt(std::move(pages_.front().second));
            pages_.pop_front();
        }
        std::erase_if(settling_, [&](const auto& item) {
            if (item.first > n) return false;
            outbox_->came_back(item.second);
            return true;
        });
    }

    void receive(const Parcel& parcel) {
        const std::string body = make_message(parcel, "here", clock_.now()).json;
        for (const AlertRow& row : parcel.alerts) {
            const Key key{row.id.value, parcel.target.to.name};
            EXPECT_TRUE(durable_.contains(row.id.value)) << "told before it was durable";
            EXPECT_FALSE(confirmed_.contains(key)) << "n" << row.id.value << " again";
            const std::string name =
                fmt::format("here:n{}:{}", row.id.value, row.first_at.time_since_epoch().count());
            EXPECT_NE(body.find('"' + name + '"'), std::string::npos);
            names_[key].insert(name);
            ++received;
            if (!got_.insert(key).second) ++repeated;
        }
    }

    void send() {
        for (const Parcel& parcel : outbox_->take_due(clock_.now())) {
            const unsigned mood = honest_ ? 0 : below(4);
            if (mood != 1) receive(parcel);           // 1: it never gets there
            const bool yes = mood == 0 || mood == 3;  // 2: it does, and the answer is lost
            for (auto& outcome : outbox_->outcomes(parcel, yes ? "" : "no answer", clock_.now()))
                apply(std::move(outcome));
            settling_.emplace_back(BatchNo{shard_->last_batch().value + 1}, parcel.target.to.name);
        }
    }

    std::mt19937_64 chance_;
    ManualClock clock_{parse_utc("2026-03-01T12:00:00Z").value()};
    NullLogger log_;
    NoFeeds feeds_;
    store::MemoryStore store_;
    engine::EngineOptions options_;
    Rules rules_;
    std::unique_ptr<engine::Shard> shard_;
    std::unique_ptr<Outbox> outbox_;
    std::deque<std::pair<BatchNo, ports::AlertPage>> pages_;
    std::vector<std::pair<BatchNo, std::string>> settling_;
    std::uint64_t generation_ = 0;
    bool honest_ = false;
    std::set<std::uint32_t> durable_;
    std::set<Key> confirmed_, got_;
    std::map<Key, std::set<std::string>> names_;
};

TEST(Deliveries, AtLeastOnceAndNeverAfterTheirConfirmationIsDurable) {
    const char* const given = std::getenv("VAULT_SEED");
    const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
    const std::uint64_t runs = given != nullptr ? 1 : 60;
    std::size_t received = 0, repeated = 0, crashes = 0;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        SCOPED_TRACE("VAULT_SEED=" + std::to_string(seed));
        DeliveryWorld world{seed};
        for (int i = 0; i < 600; ++i)
            world.step();
        world.flush();
        world.check_all_were_told();
        received += world.received;
        repeated += world.repeated;
        crashes += world.crashes;
        if (testing::Test::HasFailure()) return;
    }
    fmt::print("{} alerts received, {} of them again, {} crashes\n", received, repeated, crashes);
    if (given == nullptr) {
        EXPECT_GT(repeated, 100U) << "the test never came to what it is about";
        EXPECT_GT(crashes, 100U);
    }
}

}  // namespace
}  // namespace vault::notify
