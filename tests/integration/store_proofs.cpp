#include "tests/integration/store_proofs.hpp"

#include "daemon/report/verify.hpp"
#include "daemon/store/sqlite/loader.hpp"
#include "daemon/store/sqlite/options.hpp"

namespace vault::test {
namespace {

// What is wrong with a row can also keep it from being read.
Result<std::string> problem_of(const Result<void>& outcome) {
    if (outcome) return std::string{};
    if (outcome.error().code() != Errc::StoreInvalid) return outcome.error();
    return outcome.error().message();
}

template <class Walk>
Result<void> walk_to_end(Walk& walk, ports::StoreReader& reader) {
    for (bool more = true; more;) {
        VAULT_TRY(more, walk.step(reader));
    }
    return success();
}

}  // namespace

Result<std::unique_ptr<StoreProofs>> StoreProofs::open(const std::string& path,
                                                       const ports::Signer& signer) {
    auto proofs = std::unique_ptr<StoreProofs>(new StoreProofs);
    proofs->path_ = path;
    VAULT_TRY(proofs->reader_, store::SqliteReader::open(path));
    VAULT_TRY(proofs->connection_,
              store::Connection::open(path, store::Connection::Access::ReadOnly));
    VAULT_TRY(proofs->prover_, store::Prover::create(*proofs->connection_, &signer));
    proofs->heads_.emplace(*proofs->prover_, store::SqliteOptions{}.checkpoint_every);
    VAULT_TRY(proofs->seal_, store::AuditSeal::create(*proofs->connection_, signer));
    return proofs;
}

// As SqliteStore::load does before it takes the shard.
Result<void> StoreProofs::start() {
    VAULT_TRYV(store::prove_vaults(*connection_, *prover_, *heads_));
    VAULT_TRYV(seal_->proven_head());
    return success();
}

Result<Findings> StoreProofs::run(const ports::KeptHead& kept) {
    Findings findings;
    report::AuditWalk audit(kept);
    VAULT_TRY(findings.audit, problem_of(walk_to_end(audit, *reader_)));
    if (findings.audit.empty()) findings.audit = audit.result().problem;
    report::LedgerVerifier ledger(std::nullopt);
    VAULT_TRY(findings.ledger, problem_of(walk_to_end(ledger, *reader_)));
    if (findings.ledger.empty() && !ledger.result().ok())
        findings.ledger = ledger.result().problems.front().message;
    VAULT_TRY(findings.start, problem_of(start()));
    return findings;
}

Result<std::string> StoreProofs::full_check() {
    VAULT_TRY(const auto report, store::verify(path_, std::nullopt, {}));
    return report.first_problem;
}

}  // namespace vault::test
