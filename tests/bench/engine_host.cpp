#include "tests/bench/engine_host.hpp"

#include "daemon/config/config.hpp"

#include <fmt/format.h>

namespace vault::bench {
namespace {

namespace cmd = ports::cmd;
constexpr std::size_t kAhead = 64;

std::string no_reply(const ports::View&) {
    return "{}";
}

template <class T>
T must(Result<T> result) {
    if (result) return std::move(result).value();
    fmt::print(stderr, "bench: {}\n", result.error().message());
    std::exit(2);
}

}  // namespace

EngineHost::EngineHost(const std::filesystem::path& state, const exchange::SimSettings& venue,
                       const std::string& scripts) {
    const config::Config config = config::defaults();
    options_.paper = venue;
    options_.scripts_path = scripts;
    options_.risk_asset = Asset::parse(config.risk.asset).value();
    for (const PairRules& rules : config.paper.pairs)
        options_.catalogue.emplace(rules.pair, rules);
    signer_ = std::make_unique<secrets::FileSigner>(
        must(secrets::FileSigner::open((state / "checkpoint.key").string())));
    feeds_ = std::make_unique<app::Feeds>(
        app::CandleFiles{(state / "candles").string(), {Pair::parse("ETH/USDT").value()}},
        config.paper.pairs);
    store::SqliteOptions options;
    options.path = (state / "vault.db").string();
    options.full_check = false;
    store_ = must(store::SqliteStore::create(options, *signer_, clock_, logger_));
    shard_ = std::make_unique<engine::Shard>(ShardId{1}, options_, *feeds_, clock_, logger_);
    const ports::Snapshot snapshot = must(store_->load(ShardId{1}));
    VAULT_CHECK(shard_->load(snapshot).has_value(), "an empty store can be loaded");
}

void EngineHost::apply(const ports::Command& command) {
    ports::CallContext context;
    context.actor = "bench";
    must(shard_->apply(context, command, no_reply));
    if (shard_->batch_full()) commit();
}

void EngineHost::add_vault() {
    const auto n = static_cast<std::uint32_t>(++vaults_);
    const Pair pair = Pair::parse("ETH/USDT").value();
    const Decimal thousand = Decimal::from_int(1'000);
    apply(cmd::CreateUser{fmt::format("user{}", n), Role::Member});
    apply(cmd::AddAccount{fmt::format("user{}", n), "paper", ""});
    apply(cmd::CreateVault{AccountId{n}, pair.quote, Decimal::from_int(5'000)});
    apply(cmd::SetPairs{VaultId{n}, {pair}, {}, false});
    apply(cmd::SetTradeable{VaultId{n}, Decimal::from_int(4'000)});
    apply(cmd::Allocate{VaultId{n}, thousand, thousand});
}

void EngineHost::commit() {
    if (shard_->batch_empty()) return;
    std::unique_lock lock{mutex_};
    landed_.wait(lock, [&] { return flying_ < kAhead; });
    ++flying_;
    lock.unlock();
    store_->commit(shard_->close_batch(), [this](const ports::CommitReport& report) {
        VAULT_CHECK(report.status == ports::CommitStatus::Durable, "a commit failed");
        const std::lock_guard guard{mutex_};
        --flying_;
        landed_.notify_one();
    });
}

void EngineHost::settle() {
    commit();
    std::unique_lock lock{mutex_};
    landed_.wait(lock, [&] { return flying_ == 0; });
}

}  // namespace vault::bench
