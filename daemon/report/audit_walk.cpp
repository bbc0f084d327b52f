#include "daemon/report/audit_walk.hpp"

#include <fmt/format.h>

namespace vault::report {
namespace {

constexpr std::uint32_t kPage = 2'000;

}  // namespace

void AuditWalk::check(const ports::AuditRow& row) {
    const Result<void> linked = verifier_.next(row);
    if (!linked) {
        proof_.problem = linked.error().message();
        return;
    }
    proof_.head = verifier_.head();
    proof_.rows = proof_.head.seq;
    if (proof_.kept && proof_.kept->seq == row.seq && proof_.kept->hash != row.hash)
        proof_.problem = fmt::format(
            "audit trail, row {}: it is not the row that the kept head was taken of: "
            "the trail was written anew",
            row.seq);
}

void AuditWalk::compare_end() {
    if (proof_.kept && proof_.kept->seq > proof_.head.seq)
        proof_.problem = fmt::format(
            "audit trail, row {}: it is missing; the kept head says that there were {} rows: the "
            "trail was cut, or an older state was put back",
            proof_.head.seq + 1, proof_.kept->seq);
}

Result<bool> AuditWalk::step(ports::StoreReader& reader) {
    VAULT_TRY(const auto rows, reader.audits_from(proof_.head.seq + 1, kPage));
    for (const ports::AuditRow& row : rows) {
        check(row);
        if (!proof_.ok()) return false;
    }
    if (rows.size() == kPage) return true;
    compare_end();
    return false;
}

}  // namespace vault::report
