// Replays: which prices drive a paper account, from when, how fast and how far.
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

namespace vault::engine {

// What was decided on the prices of before does not reach into the next ones: pending orders are
// dropped, trackers forgotten as over any gap.
void Commander::leave_replay(Account& account, const Pair& next) {
    if (account.replay.feed != nullptr)
        end_replay(world_, recorder_, account, ReplayState::Stopped);
    for (const VaultId id : account.vaults) {
        Vault& vault = *world_.find_vault(id);
        for (Sleeve& sleeve : vault.sleeves) {
            PairSlot* const slot = find_slot(sleeve, next);
            if (slot == nullptr) continue;
            strategy::on_gap(slot->state);
            if (sleeve.script) sleeve.script->slots[next].marks.gap = true;
            recorder_.touch(vault, sleeve);
        }
    }
}

Result<ports::View> Commander::on(const ports::cmd::ReplayStart& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    if (account->row.exchange != kPaper)
        return Error{
            Errc::WrongState,
            fmt::format("{} follows the prices of {}", to_text(c.account), account->row.exchange),
            "account", "a replay needs an account of paper: vaultctl account list"};
    if (account->replay.state == ReplayState::Running)
        return Error{
            Errc::WrongState,
            fmt::format("{} is replaying {}", to_text(c.account), account->replay.source.name),
            "account", "stop it first: vaultctl replay stop --account A"};
    ports::FeedSource source{.name = c.source,
                             .pair = c.pair.value_or(Pair{}),
                             .interval = c.interval.value_or(Duration{0}),
                             .close_path = c.close_path,
                             .seed = c.seed,
                             .from = c.from,
                             .to = c.to,
                             .fingerprint = {}};
    VAULT_TRY(ports::OpenedFeed opened, feeds_.open(source));
    if (world_.rules_of(*account, opened.source.pair) == nullptr)
        return Error{Errc::NotFound,
                     fmt::format("{} is not a pair of this exchange", opened.source.pair.text()),
                     "pair", "add it under paper.pairs in the configuration"};
    Market& market = world_.market_of(*account);
    if (opened.first < market.now)
        return Error{Errc::WrongState,
                     fmt::format("the account's clock is at {}, the data starts at {}",
                                 format_utc(market.now), format_utc(opened.first)),
                     "file", "time does not go back: use --from, or a new account"};
    Replay next;
    next.source = std::move(opened.source);
    next.feed = std::move(opened.feed);
    next.state = ReplayState::Ready;
    next.speed = c.speed;
    next.first = opened.first;
    next.last = opened.last;
    if (!context_.dry_run) {
        leave_replay(*account, next.source.pair);
        account->replay = std::move(next);
        MarketRunner::forget_past(market);
        MarketRunner runner{world_, recorder_, options_.price_snapshot_every};
        runner.advance_clock(market, opened.first);
        rebind_.push_back(c.account);
        recorder_.touch(*account);
        return view_of(world_, *account, account->replay);
    }
    return view_of(world_, *account, next);
}

Result<ports::View> Commander::on(const ports::cmd::ReplayRun& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    Replay& replay = account->replay;
    if (replay.feed == nullptr || replay.state == ReplayState::Stopped)
        return Error{Errc::WrongState,
                     fmt::format("account {} {}", to_text(c.account),
                                 replay.state == ReplayState::Stopped ? "has stopped its replay"
                                                                      : "has no replay"),
                     "account", "start one: vaultctl replay start FILE --account A"};
    if (c.until && *c.until < world_.market_of(*account).now)
        return Error{
            Errc::InvalidParams,
            fmt::format("the replay is at {} already", format_utc(world_.market_of(*account).now)),
            "until", "give a later time"};
    if (replay.state != ReplayState::Finished) {
        replay.state = ReplayState::Running;
        replay.until = c.until;
        replay.paced_from = world_.market_of(*account).now;
        replay.paced_at = clock_.steady();
        recorder_.touch(*account);
    }
    ports::ReplayView view = view_of(world_, *account, replay);
    view.job = begin_job("replay.run", to_text(c.account));
    return view;
}

Result<ports::View> Commander::on(const ports::cmd::ReplayStatus& c) {
    std::vector<ports::ReplayView> views;
    if (c.account) {
        VAULT_TRYV(this->account(*c.account));
    }
    for (const Account& account : world_.accounts)
        if ((!c.account || account.row.id == *c.account) &&
            account.replay.state != ReplayState::None && sees(account.row.user))
            views.push_back(view_of(world_, account, account.replay));
    return views;
}

Result<ports::View> Commander::on(const ports::cmd::ReplayStop& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    if (account->replay.state == ReplayState::None)
        return Error{Errc::WrongState, fmt::format("account {} has no replay", to_text(c.account)),
                     "account", "vaultctl replay status shows the replays"};
    end_replay(world_, recorder_, *account, ReplayState::Stopped);
    return view_of(world_, *account, account->replay);
}

}  // namespace vault::engine
