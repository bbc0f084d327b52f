#include "daemon/identity/sessions.hpp"

#include "common/base/check.hpp"
#include "common/base/excerpt.hpp"

#include <algorithm>

namespace vault::identity {
namespace {

constexpr std::size_t kLongestOrigin = 120;

}  // namespace

void Sessions::load(const std::vector<ports::SessionRow>& rows, SessionId first_id) {
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

Sessions::Table::iterator Sessions::erase(Table::iterator at) {
    by_token_.erase(at->second.row.token_hash);
    changed_.erase(at->first);
    return sessions_.erase(at);
}

Sessions::Table::iterator Sessions::drop(Table::iterator at) {
    const SessionId id = at->first;
    at = erase(at);
    changed_.insert(id);
    return at;
}

std::vector<SessionId> Sessions::room_for_one_more(UserId user, UtcTime now) const {
    std::vector<const Held*> mine;
    for (const auto& [id, held] : sessions_)
        if (held.row.user == user && !ended(held.row, now)) mine.push_back(&held);
    std::ranges::sort(mine, {}, [](const Held* held) { return held->row.last_used_at; });
    std::vector<SessionId> gone;
    for (std::size_t i = 0; i + limits_.most_per_user < mine.size() + 1; ++i)
        gone.push_back(mine[i]->row.id);
    return gone;
}

Sessions::Proposed Sessions::open(UserId user, ports::PeerUid uid, std::string_view origin,
                                  bool second_factor, UtcTime now) {
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
    return {std::move(token.text), std::move(row), room_for_one_more(user, now)};
}

Sessions::Proposed Sessions::step_up(const ports::SessionRow& row, UtcTime now) {
    NewToken token = make_token(kSessionPrefix, entropy_);
    ports::SessionRow next = row;
    next.token_hash = token.hash;
    next.stepped_up_at = now;
    return {std::move(token.text), std::move(next)};
}

// A row that comes back from the store may be older than the use that is known here.
void Sessions::adopt(const std::vector<ports::SessionRow>& rows,
                     const std::vector<SessionId>& gone) {
    for (const SessionId id : gone)
        if (const auto at = sessions_.find(id); at != sessions_.end()) erase(at);
    for (const ports::SessionRow& row : rows) {
        Held& held = sessions_[row.id];
        const UtcTime used = std::max(held.row.last_used_at, row.last_used_at);
        by_token_.erase(held.row.token_hash);
        held = {row, row.last_used_at};
        held.row.last_used_at = used;
        by_token_[row.token_hash] = row.id;
        next_ = std::max(next_, SessionId{row.id.value + 1});
    }
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
    touch(held, now);
    return &held.row;
}

const ports::SessionRow* Sessions::use(SessionId id, UtcTime now) {
    const auto at = sessions_.find(id);
    if (at == sessions_.end() || ended(at->second.row, now)) return nullptr;
    touch(at->second, now);
    return &at->second.row;
}

void Sessions::touch(Held& held, UtcTime now) {
    held.row.last_used_at = std::max(held.row.last_used_at, now);
    if (held.row.last_used_at - held.stored_use >= limits_.touch) changed_.insert(held.row.id);
}

// A step-up that seems to lie ahead was before the clock was set back: it no longer counts.
bool Sessions::is_fresh(const ports::SessionRow& row, UtcTime now) const {
    return row.stepped_up_at && *row.stepped_up_at <= now &&
           now - *row.stepped_up_at < limits_.fresh;
}

std::vector<ports::SessionRow> Sessions::list(UserId user, UtcTime now) const {
    std::vector<ports::SessionRow> rows;
    for (const auto& [id, held] : sessions_)
        if (held.row.user == user && !ended(held.row, now)) rows.push_back(held.row);
    return rows;
}

std::vector<SessionId> Sessions::of(UserId user, std::optional<SessionId> but) const {
    std::vector<SessionId> ids;
    for (const auto& [id, held] : sessions_)
        if (held.row.user == user && id != but) ids.push_back(id);
    return ids;
}

bool Sessions::belongs(SessionId id, UserId user) const {
    const auto at = sessions_.find(id);
    return at != sessions_.end() && at->second.row.user == user;
}

void Sessions::end_all(UserId user) {
    for (auto at = sessions_.begin(); at != sessions_.end();)
        at = at->second.row.user == user ? drop(at) : std::next(at);
}

void Sessions::expire(UtcTime now) {
    for (auto at = sessions_.begin(); at != sessions_.end();)
        at = ended(at->second.row, now) ? drop(at) : std::next(at);
}

Sessions::Changes Sessions::take_changes() {
    Changes changes;
    for (const SessionId id : changed_) {
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
