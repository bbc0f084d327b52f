#include "daemon/identity/sessions.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"

#include <algorithm>

namespace vault::identity {
namespace {

constexpr std::size_t kLongestOrigin = 120;

}  // namespace

void Sessions::load(const std::vector<ports::SessionRow>& rows, ports::SessionId first_id) {
    sessions_.clear();
    by_token_.clear();
    changed_.clear();
    next_ = first_id;
    for (const ports::SessionRow& row : rows) {
        VAULT_CHECK(row.id.value < first_id.value, "a session has an id that is yet to be given");
        sessions_[row.id] = {row, row.last_used_at};
        by_token_[row.token_hash] = row.id;
    }
}

// A clock that was set back makes no session older.
std::optional<TokenFault> Sessions::ended(const ports::SessionRow& row, UtcTime now) const {
    if (now - row.created_at >= limits_.longest) return TokenFault::TooOld;
    if (now - row.last_used_at >= limits_.idle) return TokenFault::Idle;
    return std::nullopt;
}

Sessions::Table::iterator Sessions::drop(Table::iterator at) {
    by_token_.erase(at->second.row.token_hash);
    changed_.insert(at->first);
    return sessions_.erase(at);
}

void Sessions::make_room(UserId user) {
    std::size_t count = 0;
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
        if (at->second.row.user != user) continue;
        ++count;
        if (oldest == sessions_.end() ||
            at->second.row.last_used_at < oldest->second.row.last_used_at)
            oldest = at;
    }
    if (count >= limits_.most_per_user) drop(oldest);
}

Sessions::Opened Sessions::open(UserId user, ports::PeerUid uid, std::string_view origin,
                                bool second_factor, UtcTime now) {
    expire(now);
    make_room(user);
    NewToken token = make_token(kSessionPrefix, entropy_);
    ports::SessionRow row{.id = next_,
                          .token_hash = token.hash,
                          .user = user,
                          .uid = uid,
                          .created_at = now,
                          .last_used_at = now,
                          .stepped_up_at = std::nullopt,
                          .origin = excerpt(origin, kLongestOrigin)};
    if (second_factor) row.stepped_up_at = now;
    ++next_.value;
    sessions_[row.id] = {row, now};
    by_token_[row.token_hash] = row.id;
    changed_.insert(row.id);
    return {std::move(token.text), row};
}

Sessions::Found Sessions::find(std::string_view token, ports::PeerUid uid, UtcTime now) {
    const auto hash = token_hash(kSessionPrefix, token);
    if (!hash) return TokenFault::Malformed;
    const auto found = by_token_.find(*hash);
    if (found == by_token_.end()) return TokenFault::Unknown;
    const auto at = sessions_.find(found->second);
    Held& held = at->second;
    if (held.row.uid != uid) return TokenFault::OtherUid;
    if (const auto fault = ended(held.row, now)) {
        drop(at);
        return *fault;
    }
    held.row.last_used_at = std::max(held.row.last_used_at, now);
    if (held.row.last_used_at - held.stored_use >= limits_.touch) changed_.insert(held.row.id);
    return &held.row;
}

Secret Sessions::step_up(ports::SessionId id, UtcTime now) {
    const auto at = sessions_.find(id);
    VAULT_CHECK(at != sessions_.end(), "step-up of a session that is not there");
    NewToken token = make_token(kSessionPrefix, entropy_);
    ports::SessionRow& row = at->second.row;
    by_token_.erase(row.token_hash);
    row.token_hash = token.hash;
    row.stepped_up_at = now;
    by_token_[row.token_hash] = id;
    changed_.insert(id);
    return std::move(token.text);
}

// A step-up that seems to lie ahead was before the clock was set back: it no longer counts.
bool Sessions::is_fresh(const ports::SessionRow& row, UtcTime now) const {
    return row.stepped_up_at && *row.stepped_up_at <= now &&
           now - *row.stepped_up_at < limits_.fresh;
}

std::vector<ports::SessionRow> Sessions::list(UserId user, UtcTime now) {
    expire(now);
    std::vector<ports::SessionRow> rows;
    for (const auto& [id, held] : sessions_)
        if (held.row.user == user) rows.push_back(held.row);
    return rows;
}

bool Sessions::revoke(UserId user, ports::SessionId id) {
    const auto at = sessions_.find(id);
    if (at == sessions_.end() || at->second.row.user != user) return false;
    drop(at);
    return true;
}

std::size_t Sessions::revoke_all(UserId user, std::optional<ports::SessionId> but) {
    std::size_t count = 0;
    for (auto at = sessions_.begin(); at != sessions_.end();) {
        const bool goes = at->second.row.user == user && at->first != but;
        count += goes ? 1 : 0;
        at = goes ? drop(at) : std::next(at);
    }
    return count;
}

void Sessions::expire(UtcTime now) {
    for (auto at = sessions_.begin(); at != sessions_.end();)
        at = ended(at->second.row, now) ? drop(at) : std::next(at);
}

Sessions::Changes Sessions::take_changes() {
    Changes changes;
    for (const ports::SessionId id : changed_) {
        const auto at = sessions_.find(id);
        if (at == sessions_.end()) {
            changes.gone.push_back(id);
            continue;
        }
        at->second.stored_use = at->second.row.last_used_at;
        changes.put.push_back(at->second.row);
    }
    changed_.clear();
    return changes;
}

}  // namespace vault::identity
