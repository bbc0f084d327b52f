// Pause, halt, liquidate, resume, at every level.
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/level_watch.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/ledger/invariants.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

using Level = ports::cmd::Target::Level;

std::string_view to_text(HoldRequest request) {
    switch (request) {
        case HoldRequest::Pause: return "pause";
        case HoldRequest::Halt: return "halt";
        case HoldRequest::Liquidate: return "liquidate";
        case HoldRequest::Resume: return "resume";
        case HoldRequest::Liquidated: return "liquidated";
    }
    return "";
}

std::string_view to_text(Level level) {
    switch (level) {
        case Level::Sleeve: return "sleeve";
        case Level::Vault: return "vault";
        case Level::User: return "user";
        case Level::Daemon: return "daemon";
    }
    return "";
}

std::string name_of(const ports::cmd::Target& target) {
    switch (target.level) {
        case Level::Sleeve:
            return fmt::format("{}.{}", vault::to_text(target.vault),
                               vault::to_text(target.sleeve));
        case Level::Vault: return vault::to_text(target.vault);
        case Level::User: return target.user;
        case Level::Daemon: return "";
    }
    return "";
}

bool concerns(const ports::cmd::Target& target, const Sleeve& sleeve) {
    return target.level != Level::Sleeve || sleeve.kind == target.sleeve;
}

}  // namespace

Result<ports::View> Commander::on(const ports::cmd::Pause& c) {
    VAULT_TRY(ports::PauseView view, hold(c.target, HoldRequest::Pause, c.why));
    return view;
}
Result<ports::View> Commander::on(const ports::cmd::Halt& c) {
    VAULT_TRY(ports::PauseView view, hold(c.target, HoldRequest::Halt, c.why));
    return view;
}
Result<ports::View> Commander::on(const ports::cmd::Resume& c) {
    VAULT_TRY(ports::PauseView view, hold(c.target, HoldRequest::Resume, c.why));
    return view;
}
Result<ports::View> Commander::on(const ports::cmd::Liquidate& c) {
    if (c.target.level != Level::Vault && c.target.level != Level::Sleeve)
        return Error{Errc::InvalidParams, "only a vault or a sleeve can be liquidated", "target",
                     "halt stops everything; then liquidate vault by vault"};
    VAULT_TRY(ports::PauseView view, hold(c.target, HoldRequest::Liquidate, c.why));
    if (c.target.level == Level::Vault) view.job = begin_job("vault.liquidate", name_of(c.target));
    return view;
}

Result<std::vector<Vault*>> Commander::vaults_of(const ports::cmd::Target& target) {
    std::vector<Vault*> out;
    switch (target.level) {
        case Level::Sleeve:
        case Level::Vault: {
            VAULT_TRY(Vault* const one, vault(target.vault));
            out.push_back(one);
            break;
        }
        case Level::User: {
            VAULT_TRY(const User* const owner, user(target.user));
            for (Vault& each : world_.vaults)
                if (each.row.user == owner->row.id) out.push_back(&each);
            break;
        }
        case Level::Daemon:
            for (Vault& each : world_.vaults)
                out.push_back(&each);
            break;
    }
    return out;
}

// A quarantined vault goes on only if its books are right and the exchange has what they say. True
// if a sleeve's cap has ended.
Result<bool> Commander::clear_attention(Vault& vault, const Sleeve* only) {
    if (!vault.attention.empty() && only == nullptr) {
        auto sound = ledger::check_identities(vault.books);
        if (!sound)
            return std::move(sound).error().with_hint(
                "the books need a correction first: vaultctl ledger correct");
        if (lacking_cash(world_, vault).is_positive())
            return Error{Errc::WrongState,
                         fmt::format("the exchange still has less {} than the books",
                                     vault.row.asset.text()),
                         "vault", "deposit the difference or correct the books"};
        for (const Sleeve& sleeve : vault.sleeves)
            for (const ledger::Position& position :
                 std::as_const(vault.books).sleeve(sleeve.kind).positions)
                if (lacking(world_, world_.account_of(vault), position.base).is_positive())
                    return Error{Errc::WrongState,
                                 fmt::format("the exchange has less {} than the books",
                                             position.base.text()),
                                 "vault", "bring the coins back or correct the books"};
        vault.attention.clear();
        recorder_.touch(vault);
    }
    bool ended = false;
    for (Sleeve& sleeve : vault.sleeves) {
        if (only != nullptr && only != &sleeve) continue;
        for (const PairSlot& slot : sleeve.slots)
            if (!slot.attention.empty())
                return Error{Errc::WrongState,
                             fmt::format("the position in {} needs a decision: {}",
                                         slot.pair.text(), slot.attention),
                             "vault", "vaultctl position resolve V S --as sold|withdrawn|kept"};
        if (sleeve.script && world_.health_of(*sleeve.script).gave_up())
            recorder_.restart_script(sleeve.script->name);
        if (sleeve.capped_by.empty()) continue;
        SleeveTrader{world_, recorder_}.end_cap(vault, sleeve, now(vault), context_.actor);
        ended = true;
    }
    return ended;
}

// What a new hold does to one sleeve at once: buys are cancelled; a halt and a liquidation cancel
// sells too and end a standing sell decision.
void Commander::apply_hold(Vault& vault, Sleeve& sleeve, HoldRequest request) {
    SleeveTrader trader{world_, recorder_};
    trader.refresh(vault, sleeve);
    const bool all = request == HoldRequest::Halt || request == HoldRequest::Liquidate;
    if (request != HoldRequest::Resume)
        trader.cancel_orders(vault, sleeve, all ? std::nullopt : std::optional{Side::Buy},
                             now(vault), to_text(request));
    // A sale that was decided to liquidate does not outlive the liquidation.
    const bool over = sleeve.held != HoldKind::Liquidating;
    for (PairSlot& slot : sleeve.slots)
        if (all || (over && slot.standing_sell == ports::Reason::Liquidate))
            slot.standing_sell = ports::Reason::None;
    recorder_.touch(vault, sleeve);
    trader.refresh(vault, sleeve);
}

// A resume ends what has tripped at its own level; that of a vault's sleeves is ended above. True
// if anything had.
bool Commander::end_caps(const ports::cmd::Target& target) {
    CapLevel level;
    switch (target.level) {
        case Level::Sleeve: return false;
        case Level::Vault: level.vault = target.vault; break;
        case Level::User: level.user = world_.user_called(target.user)->row.id; break;
        case Level::Daemon: break;
    }
    if (risk_of(world_, level).capped_by.empty()) return false;
    LevelWatch{world_, recorder_}.end_cap(level, newest_time(world_, level), context_.actor);
    return true;
}

Result<ports::PauseView> Commander::hold(const ports::cmd::Target& target, HoldRequest request,
                                         const std::string& why) {
    VAULT_TRY(const std::vector<Vault*> concerned, vaults_of(target));
    // A resume of the user or the daemon lifts that level's hold only: what stopped one vault or
    // one sleeve is looked at there.
    bool ended = false;
    if (request == HoldRequest::Resume && target.level == Level::Vault) {
        VAULT_TRY(ended, clear_attention(*concerned.front(), nullptr));
    }
    if (request == HoldRequest::Resume && target.level == Level::Sleeve) {
        Vault& one = *concerned.front();
        VAULT_TRY(ended, clear_attention(one, &one.sleeve(target.sleeve)));
    }
    if (request == HoldRequest::Resume && end_caps(target)) ended = true;
    Hold* level = &world_.daemon_hold;
    ports::Owner owner{{}, {}, Mode::Paper, context_.actor};
    UtcTime at = clock_.now();
    if (target.level == Level::User) {
        User* const found = world_.user_called(target.user);
        level = &found->hold;
        owner.user = found->row.id;
        recorder_.touch(*found);
    } else if (target.level != Level::Daemon) {
        Vault& one = *concerned.front();
        level = target.level == Level::Vault ? &one.hold : &one.sleeve(target.sleeve).hold;
        owner = owner_of(one, context_.actor);
        at = now(one);
        recorder_.touch(one);
    } else {
        recorder_.touch_daemon(world_);
    }
    Hold next = next_hold(*level, request, {HoldKind::None, context_.actor, why, at});
    if (request == HoldRequest::Liquidate) {
        bool flat = true;
        for (const SleeveKind kind : kSleeveKinds)
            if (target.level == Level::Vault || kind == target.sleeve)
                flat = flat && concerned.front()->books.flat(kind);
        if (flat) next = next_hold(next, HoldRequest::Liquidated, {});
    }
    const bool changed = next != *level;
    *level = next;
    if (changed)
        recorder_.rows().pauses.push_back({std::string{to_text(target.level)}, name_of(target),
                                           std::string{to_text(request)}, owner, at, why});
    ports::PauseView view = hold_view(std::string{to_text(target.level)}, name_of(target), *level);
    view.changed = changed || ended;
    view.dry_run = context_.dry_run;
    view.durable = !context_.dry_run;
    for (Vault* each : concerned) {
        for (Sleeve& sleeve : each->sleeves) {
            if (!concerns(target, sleeve)) continue;
            apply_hold(*each, sleeve, request);
            view.sleeves.push_back(fmt::format("{}.{} {}", vault::to_text(each->row.id),
                                               vault::to_text(sleeve.kind),
                                               sleeve_state(world_, *each, sleeve)));
        }
    }
    return view;
}

}  // namespace vault::engine
