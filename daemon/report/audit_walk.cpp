#include "daemon/report/audit_walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {
namespace {

constexpr std::uint32_t kPage = 2'000;
constexpr std::size_t kJournals = 500;  // a step, each a read of its own

}  // namespace

void AuditWalk::check(const ports::AuditRow& row) {
    const Result<void> linked = verifier_.next(row);
    if (!linked) {
        proof_.problem = linked.error().message();
        return;
    }
    proof_.head = verifier_.head();
    proof_.rows = proof_.head.seq;
    if (kept_ && kept_->trail.seq == row.seq && kept_->trail.hash != row.hash)
        proof_.problem = fmt::format(
            "audit trail, row {}: it is not the row that the kept head was taken of: "
            "the trail was written anew",
            row.seq);
}

void AuditWalk::compare_end() {
    if (kept_ && kept_->trail.seq > proof_.head.seq)
        proof_.problem = fmt::format(
            "audit trail, row {}: it is missing; the kept head says that there were {} rows: the "
            "trail was cut, or an older state was put back",
            proof_.head.seq + 1, kept_->trail.seq);
}

Result<void> AuditWalk::compare(ports::StoreReader& reader, const ports::JournalHead& journal) {
    VAULT_TRY(const auto rows, reader.entries(journal.vault, journal.seq, 1));
    const std::string where =
        fmt::format("journal of {}, entry {}", to_text(journal.vault), journal.seq);
    if (rows.empty() || rows.front().seq != journal.seq)
        proof_.problem = fmt::format(
            "{}: it is missing, but was there when the kept head was taken: the journal was cut, "
            "or an older state was put back",
            where);
    else if (rows.front().hash != journal.hash)
        proof_.problem = fmt::format(
            "{}: it is not the entry that the kept head was taken of: the journal was written anew",
            where);
    return success();
}

Result<bool> AuditWalk::compare_journals(ports::StoreReader& reader) {
    const auto& journals = kept_->journals;
    const std::size_t end = std::min(journals_ + kJournals, journals.size());
    for (; journals_ < end && proof_.ok(); ++journals_) {
        VAULT_TRYV(compare(reader, journals[journals_]));
    }
    return proof_.ok() && journals_ < journals.size();
}

Result<bool> AuditWalk::step(ports::StoreReader& reader) {
    if (trail_proved_) return compare_journals(reader);
    VAULT_TRY(const auto rows, reader.audits_from(proof_.head.seq + 1, kPage));
    for (const ports::AuditRow& row : rows) {
        check(row);
        if (!proof_.ok()) return false;
    }
    if (rows.size() == kPage) return true;
    compare_end();
    trail_proved_ = proof_.ok();
    return trail_proved_ && kept_ && !kept_->journals.empty();
}

Result<bool> HeadsWalk::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRY(const auto newest, reader.audits({.limit = 1}));
        if (!newest.empty()) newest_ = newest.front();
        begun_ = true;
    }
    VAULT_TRY(const auto page, reader.journal_heads(next_, kPage));
    for (const ports::JournalHead& journal : page)
        if (!among_ || std::ranges::find(*among_, journal.vault) != among_->end())
            journals_.push_back(journal);
    if (page.size() < kPage) return false;
    next_ = VaultId{page.back().vault.value + 1};
    return true;
}

ports::KeptHead HeadsWalk::heads() const {
    ports::KeptHead kept;
    if (newest_) kept.trail = {newest_->seq, newest_->hash};
    kept.journals = journals_;
    return kept;
}

}  // namespace vault::report
