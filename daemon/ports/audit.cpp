#include "daemon/ports/audit.hpp"

#include <fmt/format.h>

namespace vault::ports {
namespace {

class Netstrings {
  public:
    Netstrings& add(std::string_view text) {
        fmt::format_to(std::back_inserter(bytes_), "{}:{},", text.size(), text);
        return *this;
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

Error broken(std::uint64_t seq, std::string_view what) {
    return Error{Errc::StoreInvalid, fmt::format("audit trail, row {}: {}", seq, what), "store",
                 "the trail was changed outside vaultd: keep this file, and compare it with a "
                 "backup and with the heads that were kept elsewhere"};
}

}  // namespace

Digest audit_hash(const AuditRow& row) {
    return sha256(Netstrings{}
                      .add("vault-audit/1")
                      .add(fmt::format("{}", row.seq))
                      .add(format_utc(row.at))
                      .add(row.actor)
                      .add(fmt::format("{}", row.user.value))
                      .add(row.action)
                      .add(row.object)
                      .add(row.outcome)
                      .add(row.message)
                      .add(row.params_json)
                      .add(to_hex(row.prev_hash))
                      .take());
}

void seal(std::vector<AuditRow>& rows, ChainHead& head) {
    for (AuditRow& row : rows) {
        row.seq = head.seq + 1;
        row.prev_hash = head.hash;
        row.hash = audit_hash(row);
        head = {row.seq, row.hash};
    }
}

std::string audit_head_bytes(const ChainHead& head) {
    return Netstrings{}
        .add("vault-audit-head/1")
        .add(fmt::format("{}", head.seq))
        .add(to_hex(head.hash))
        .take();
}

Result<void> AuditVerifier::next(const AuditRow& row) {
    if (row.seq != head_.seq + 1)
        return broken(head_.seq + 1, fmt::format("it is missing, row {} follows", row.seq));
    if (row.prev_hash != head_.hash) return broken(row.seq, "it does not continue the row before");
    if (row.hash != audit_hash(row)) return broken(row.seq, "its hash is not that of its text");
    head_ = {row.seq, row.hash};
    return success();
}

}  // namespace vault::ports
