#include "tests/simulation/calls.hpp"

#include <fmt/format.h>

namespace vault::simulation {

bool temporary(Errc code) {
    return code == Errc::Busy || code == Errc::Draining || code == Errc::Expired ||
           code == Errc::StoreFailed || code == Errc::OutcomeUnknown;
}

Call& Calls::make(Draft draft, std::string actor) {
    Call& call = calls_.emplace_back();
    call.number = calls_.size();
    call.draft = std::move(draft);
    call.mutation = engine::mutates(call.draft.command);
    call.context.actor = std::move(actor);
    call.context.dry_run = call.draft.dry_run;
    call.context.reserved = call.draft.reserved;
    if (call.mutation) {
        ++mutations_;  // reads leave no trace in the keys
        call.context.idem_key = fmt::format("k{}", mutations_);
        call.context.request = sha256(fmt::format("request {}", mutations_));
        if (!call.draft.dry_run) by_key_[{call.context.actor, call.context.idem_key}] = &call;
    }
    return call;
}

Call& Calls::make_mismatch(const Call& known, Draft draft) {
    Call& call = make(std::move(draft), known.context.actor);
    by_key_.erase({call.context.actor, call.context.idem_key});
    call.context.idem_key = known.context.idem_key;
    call.context.dry_run = call.draft.dry_run = false;
    call.must_mismatch = true;
    return call;
}

void Calls::complain(const Call& call, const std::string& what) {
    complain_(fmt::format("call {} (key {}, {} attempts): {}", call.number, call.context.idem_key,
                          call.attempts, what));
}

const Call* Calls::on_kept(const ports::IdempotencyRow& row) {
    const std::pair key{row.user, row.key};
    const auto call = by_key_.find(key);
    if (call == by_key_.end()) {
        complain_(fmt::format("the store keeps a reply of key {}, which nobody sent", row.key));
        return nullptr;
    }
    if (!kept_.emplace(key, row.reply_json).second)
        complain(*call->second, "was carried out twice");
    return call->second;
}

void Calls::on_face(VaultId vault, const std::string& face) {
    faces_[vault].insert(fmt::format("{} {}", to_text(vault), face));
}

const std::string* Calls::kept(const Call& call) const {
    const auto found = kept_.find({call.context.actor, call.context.idem_key});
    return found == kept_.end() ? nullptr : &found->second;
}

void Calls::on_answer(Call& call, const Result<ports::Reply>& result) {
    if (result) {
        on_reply(call, result.value());
    } else {
        on_refusal(call, result.error());
    }
}

void Calls::on_reply(Call& call, const ports::Reply& reply) {
    if (call.must_mismatch) return complain(call, "another request went through on a used key");
    if (!reply.durable && !call.draft.reserved)
        return complain(call, "was answered before it was durable");
    if (!call.mutation) {
        const auto* shown = std::get_if<ports::cmd::ShowVault>(&call.draft.command);
        if (shown != nullptr && !faces_[shown->vault].contains(reply.data_json))
            complain(call, "was shown what the store never had: " + reply.data_json);
        return;
    }
    if (call.draft.dry_run) return;
    if (!reply.durable) {
        call.maybe_applied = true;
        return;
    }
    const std::string* const stored = kept(call);
    if (stored == nullptr) return complain(call, "was acknowledged, but the store has nothing");
    if (*stored != reply.data_json)
        complain(call, "was told '" + reply.data_json + "', the store keeps '" + *stored + "'");
    if (call.reply && *call.reply != reply.data_json) complain(call, "got two different replies");
    if (call.acknowledged && !reply.repeated) complain(call, "was carried out again");
    acknowledged_ += call.acknowledged ? 0 : 1;
    call.acknowledged = true;
    call.reply = reply.data_json;
}

bool Calls::passing(const Call& call, Errc code) const {
    const bool overtaken = overtaking_ && code == Errc::WrongState &&
                           std::holds_alternative<ports::cmd::Resume>(call.draft.command);
    return temporary(code) || overtaken;
}

void Calls::on_refusal(Call& call, const Error& error) {
    if (call.must_mismatch) {
        if (error.code() != Errc::IdemMismatch && !passing(call, error.code()))
            complain(call, "a used key was refused for another reason: " + error.message());
        return;
    }
    const bool fenced = error.message().find("another process") != std::string::npos;
    if (!call.mutation && call.draft.reserved && error.code() == Errc::StoreFailed && !fenced)
        complain(call, "a status waited for the store: " + error.message());
    if (!call.mutation || call.draft.dry_run) return;
    if (error.code() == Errc::OutcomeUnknown) {
        call.maybe_applied = true;
        return;
    }
    if (error.code() == Errc::IdemMismatch) complain(call, "its own key did not fit");
    if (error.code() == Errc::StoreInvalid || error.code() == Errc::Internal)
        complain(call, "failed inside: " + error.message());
    // An attempt may be too early for its result to be known, but no reason of the books can refuse
    // what was done.
    if (kept(call) == nullptr) return;
    if (!passing(call, error.code()))
        complain(call, "was refused after it was done: " + error.message());
    if (!call.maybe_applied && !call.acknowledged)
        complain(call, "was told that nothing was done, the store has it: " + error.message());
}

void Calls::finish() {
    for (const Call& call : calls_) {
        if (!call.mutation || call.must_mismatch) continue;
        const bool stored = !call.draft.dry_run && kept(call) != nullptr;
        if (call.acknowledged && !stored) complain(call, "was acknowledged and is lost");
        if (stored && !call.acknowledged && !call.maybe_applied)
            complain(call, "is in the store, and its client was told that nothing was done");
    }
}

}  // namespace vault::simulation
