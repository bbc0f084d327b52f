// Loading a shard from what the store kept.
#include "daemon/engine/level_watch.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/planted_bug.hpp"
#include "daemon/engine/shard.hpp"
#include "daemon/engine/sleeve_settings.hpp"
#include "daemon/engine/state_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

using States = std::map<std::string, const ports::StateRow*>;

Error missing(std::string_view what, std::string id) {
    return Error{Errc::StoreInvalid,
                 fmt::format("the store has no state of {} {}", what, id),
                 {},
                 "restore a backup"};
}

Result<std::string_view> body_of(const States& states, std::string_view kind,
                                 const std::string& id) {
    const auto found = states.find(fmt::format("{}:{}", kind, id));
    if (found == states.end()) return missing(kind, id);
    return std::string_view{found->second->body};
}

Error hole(std::string_view what, std::size_t expected) {
    return Error{Errc::StoreInvalid,
                 fmt::format("the store's {} are not dense: number {} is missing", what, expected),
                 {},
                 "restore a backup"};
}

template <class Row>
std::vector<Row> by_id(std::vector<Row> rows) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
    return rows;
}

// An order that was being sent when the process ended may or may not have arrived.
void lose_track(Sleeve& sleeve) {
    for (Order& order : sleeve.orders) {
        if (order.state != OrderState::Sending) continue;
        VAULT_CHECK(advance(order, OrderEvent::LoseTrack).has_value(), "sending can be lost");
    }
}

void plant_bugs(Vault& vault, Sleeve& sleeve) {
    if (VAULT_ENGINE_PLANTED(OrderNumberReused) && sleeve.last_order > 0) --sleeve.last_order;
    if (VAULT_ENGINE_PLANTED(HaltForgottenOnLoad)) vault.hold = sleeve.hold = Hold{};
    if (VAULT_ENGINE_PLANTED(TrackerLostOnLoad))
        for (PairSlot& slot : sleeve.slots)
            slot.state = {};
}

}  // namespace

Result<void> Shard::load(const ports::Snapshot& snapshot) {
    VAULT_CHECK(world_.users.empty() && recorder_.empty(), "a shard is loaded once");
    States states;
    for (const ports::StateRow& row : snapshot.states)
        states[fmt::format("{}:{}", row.kind, row.id)] = &row;
    last_batch_ = snapshot.mark.n;
    epoch_ = snapshot.mark.epoch;
    last_event_ = snapshot.last_event;
    audit_ = snapshot.audit;
    const auto daemon = states.find("daemon:1");
    if (daemon != states.end()) {
        VAULT_TRYV(load_daemon(world_, daemon->second->body));
    }
    PairWatch{world_, recorder_}.recall();
    for (const ports::StateRow& row : snapshot.states) {
        const std::size_t slot = std::strtoull(row.id.c_str(), nullptr, 10);
        if (row.kind == kAlertState) {
            VAULT_TRY(ports::AlertRow alert, load_alert(row.body));
            world_.alerts.put_back(slot, std::move(alert));
        }
        if (row.kind != "job") continue;
        VAULT_TRY(Job job, load_job(row.body));
        world_.jobs.put_back(slot, std::move(job));
    }
    told_no_buys_ = world_.alerts.is_open(kBuysStopped, kBuysGoOn, "", UserId{});
    for (const ports::UserRow& row : by_id(snapshot.users)) {
        if (row.id.value != world_.users.size() + 1) return hole("users", world_.users.size() + 1);
        User user;
        user.row = row;
        VAULT_TRY(const std::string_view body, body_of(states, "user", to_text(row.id)));
        VAULT_TRYV(load_user(user, body));
        world_.users.push_back(std::move(user));
    }
    VAULT_TRYV(load_accounts(snapshot, states));
    VAULT_TRYV(load_vaults(snapshot, states));
    for (const ports::IdempotencyRow& row : snapshot.replies)
        if (!VAULT_ENGINE_PLANTED(RepeatForgottenOnLoad))
            world_.replies.insert_or_assign(reply_key(row.user, row.key),
                                            KnownReply{row.request, row.at, std::nullopt});
    world_.api_keys = snapshot.api_keys;
    for (std::size_t i = 0; i < world_.api_keys.size(); ++i)
        if (world_.api_keys[i].id.value != i + 1) return hole("API keys", i + 1);
    for (Account& account : world_.accounts)
        account.hold = world_.hold_of(account);
    for (const ports::KeyPolicyRow& row : snapshot.key_policies)
        world_.key_policies[row.vault] = row;
    for (const Account& account : world_.accounts)
        rebind({account.row.id});
    LevelWatch{world_, recorder_}.load(options_.daemon_caps, newest_time(world_, {}));
    for (Vault& vault : world_.vaults)
        forget_ticks(vault);
    PairWatch{world_, recorder_}.follow(kPaper, options_.catalogue, clock_.now());
    return success();
}

Result<void> Shard::load_accounts(const ports::Snapshot& snapshot, const States& states) {
    for (const ports::AccountRow& row : by_id(snapshot.accounts)) {
        if (row.id.value != world_.accounts.size() + 1)
            return hole("accounts", world_.accounts.size() + 1);
        if (world_.find_user(row.user) == nullptr) return hole("users", row.user.value);
        VAULT_TRY(const std::string_view body, body_of(states, "account", to_text(row.id)));
        VAULT_TRY(AccountMemory memory, load_account(body));
        Account account{row, std::move(memory.venue)};
        account.replay = std::move(memory.replay);
        account.ignored = std::move(memory.ignored);
        account.sent = std::move(memory.sent);
        account.removed = memory.removed;
        world_.join_market(account);
        Market& market = world_.market_of(account);
        market.now = std::max(market.now, memory.now);
        for (const auto& [pair, seen] : memory.pairs)
            if (const PairRules* rules = world_.rules_of(account, pair)) {
                PairMarket& at = market.pairs.try_emplace(pair, *rules).first->second;
                // Accounts of one market were not all stored at the same time.
                if (at.last && seen.last && seen.last->time < at.last->time) continue;
                at.last = seen.last;
                at.past = seen.past;
            }
        account.replay.paced_from = memory.now;
        account.replay.paced_at = clock_.steady();
        world_.accounts.push_back(std::move(account));
        VAULT_TRYV(open_feed(world_.accounts.back(), memory.position));
    }
    return success();
}

// A replay whose data is gone or has changed cannot continue to the same digit: it is stopped, its
// vaults stay as they are.
Result<void> Shard::open_feed(Account& account, std::uint64_t position) {
    Replay& replay = account.replay;
    if (replay.state == ReplayState::None) return success();
    auto opened = feeds_.open(replay.source);
    if (!opened && replay.state == ReplayState::Stopped) return success();
    if (!opened) {
        logger_.log(LogLevel::Alert, "replay_stopped",
                    fmt::format("{}: {}", to_text(account.row.id), opened.error().message()));
        replay.state = ReplayState::Stopped;
        return success();
    }
    replay.feed = std::move(opened.value().feed);
    replay.first = opened.value().first;
    replay.last = opened.value().last;
    return replay.feed->seek(position);
}

Result<void> Shard::load_vaults(const ports::Snapshot& snapshot, const States& states) {
    std::map<VaultId, std::vector<ledger::Balance>> balances;
    for (const ports::BalanceRow& row : snapshot.balances) {
        if (row.amount.is_zero()) continue;
        VAULT_TRY(const ledger::LedgerAccount account, ledger::parse_ledger_account(row.account));
        balances[row.vault].push_back({account, row.asset, row.amount});
    }
    for (const ports::VaultRow& row : by_id(snapshot.vaults)) {
        if (row.id.value != world_.vaults.size() + 1)
            return hole("vaults", world_.vaults.size() + 1);
        Account* const account = world_.find_account(row.account);
        if (account == nullptr) return hole("accounts", row.account.value);
        world_.vaults.emplace_back(row, ledger::VaultBooks{row.id, row.asset});
        Vault& vault = world_.vaults.back();
        account->vaults.push_back(row.id);
        VAULT_TRY(const std::string_view body, body_of(states, "vault", to_text(row.id)));
        VAULT_TRY(ledger::BooksState memory, load_vault(vault, body));
        if (VAULT_ENGINE_PLANTED(AllocationLostOnLoad))
            for (ledger::SleeveState& sleeve : memory.sleeves)
                sleeve.unallocate_requested = kZero;
        const auto head = snapshot.heads.find(row.id);
        const ledger::ChainHead chain =
            head == snapshot.heads.end() ? ledger::ChainHead{}
                                         : ledger::ChainHead{head->second.seq, head->second.hash};
        VAULT_TRY(vault.books,
                  ledger::VaultBooks::restore(row.id, row.asset, balances[row.id], memory, chain));
        for (Sleeve& sleeve : vault.sleeves) {
            const std::string id = sleeve_name(vault, sleeve.kind);
            VAULT_TRY(const std::string_view text, body_of(states, "sleeve", id));
            VAULT_TRYV(load_sleeve(sleeve, text));
            VAULT_TRYV(restore_settings(sleeve));
            lose_track(sleeve);
            plant_bugs(vault, sleeve);
        }
    }
    return success();
}

}  // namespace vault::engine
