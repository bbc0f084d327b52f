#include "daemon/store/sqlite/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace vault::store {

namespace {

constexpr const char* kRestore = "restore the newest verified backup; do not trade on these books";
constexpr const char* kDropCheckpoint =
    "if the signing key was changed, delete the row from table checkpoint and start again (the "
    "whole "
    "journal is then checked); else restore the newest verified backup";

Error invalid(VaultId vault, std::uint64_t seq, std::string_view what, const char* hint) {
    return Error{Errc::StoreInvalid, fmt::format("{}, entry {}: {}", to_text(vault), seq, what),
                 "store", hint};
}

std::int64_t entry_id(VaultId vault, std::uint64_t seq) {
    return static_cast<std::int64_t>((std::uint64_t{vault.value} << 32) | seq);
}

bool read_digest(std::string_view bytes, Digest& out) {
    if (bytes.size() != out.size()) return false;
    std::memcpy(out.data(), bytes.data(), out.size());
    return true;
}

// format_utc() for times that mostly share their day: only the time of day is rendered.
class TimeText {
  public:
    std::string_view text(UtcTime time) {
        const UtcTime day = floor_day(time);
        if (text_.empty() || day != day_) text_ = format_utc(time);
        day_ = day;
        const auto ms = static_cast<std::uint32_t>((time - day).count());
        if (text_.size() != 24) return text_ = format_utc(time);
        put(20, 3, ms % 1'000);
        put(17, 2, ms / 1'000 % 60);
        put(14, 2, ms / 60'000 % 60);
        put(11, 2, ms / 3'600'000);
        return text_;
    }

  private:
    void put(std::size_t at, std::size_t digits, std::uint32_t value) {
        for (std::size_t i = digits; i > 0; --i, value /= 10)
            text_[at + i - 1] = static_cast<char>('0' + value % 10);
    }
    std::string text_;
    UtcTime day_{};
};

}  // namespace

std::string checkpoint_bytes(const Checkpoint& checkpoint) {
    return fmt::format("vault checkpoint 1\n{}\n{}\n{}\n{}", to_text(checkpoint.vault),
                       checkpoint.head.seq, to_hex(checkpoint.head.hash), checkpoint.balances);
}

Result<Prover> Prover::create(Connection& connection, const ports::Signer* signer) {
    Prover prover;
    prover.signer_ = signer;
    VAULT_TRY(prover.entries_,
              Statement::prepare(
                  connection,
                  "SELECT id, tx, kind, cause, mode, at, actor, postings, prev_hash, "
                  "hash, (user, account) = (SELECT user, account FROM vault WHERE id = ?4) "
                  "FROM entry WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"));
    VAULT_TRY(prover.balances_,
              Statement::prepare(
                  connection, "SELECT ledger_account, asset, amount FROM balance WHERE vault = ?"));
    VAULT_TRY(prover.head_,
              Statement::prepare(connection,
                                 "SELECT id, hash FROM entry WHERE id > ? AND id <= ? "
                                 "ORDER BY id DESC LIMIT 1"));
    VAULT_TRY(prover.at_seq_,
              Statement::prepare(connection, "SELECT hash FROM entry WHERE id = ?"));
    VAULT_TRY(prover.read_,
              Statement::prepare(connection,
                                 "SELECT seq, hash, balances, signature FROM checkpoint "
                                 "WHERE vault = ?"));
    VAULT_TRY(prover.write_,
              Statement::prepare(connection,
                                 "INSERT INTO checkpoint(vault, seq, hash, balances, signature) "
                                 "VALUES(?,?,?,?,?) ON CONFLICT(vault) DO UPDATE SET "
                                 "seq=excluded.seq, hash=excluded.hash, "
                                 "balances=excluded.balances, signature=excluded.signature"));
    return prover;
}

Result<ProofState> Prover::start(VaultId vault) {
    if (signer_ == nullptr) return ProofState{vault};
    read_->bind(1, std::int64_t{vault.value});
    VAULT_TRY(const bool row, read_->step());
    if (!row) {
        read_->reset();
        return ProofState{vault};
    }
    Checkpoint checkpoint{vault, {}, std::string{read_->text(2)}};
    checkpoint.head.seq = static_cast<std::uint64_t>(read_->integer(0));
    Digest signature{};
    const bool whole =
        read_digest(read_->text(1), checkpoint.head.hash) && read_digest(read_->text(3), signature);
    read_->reset();
    const std::uint64_t seq = checkpoint.head.seq;
    if (!whole || !signer_->verify(checkpoint_bytes(checkpoint), signature))
        return invalid(vault, seq, "the signature of the checkpoint there is wrong",
                       kDropCheckpoint);
    at_seq_->bind(1, entry_id(vault, seq));
    VAULT_TRY(const bool found, at_seq_->step());
    Digest stored{};
    const bool same =
        found && read_digest(at_seq_->text(0), stored) && stored == checkpoint.head.hash;
    at_seq_->reset();
    if (!found) return invalid(vault, seq, "the signed checkpoint's entry is missing", kRestore);
    if (!same) return invalid(vault, seq, "its hash is not the signed checkpoint's", kRestore);
    VAULT_TRY(auto fold, BalanceFold::parse(checkpoint.balances));
    return ProofState{checkpoint, std::move(fold)};
}

Result<std::uint64_t> Prover::advance(ProofState& state, std::uint64_t until_seq,
                                      std::uint64_t limit) {
    Statement& s = *entries_;
    s.bind(1, entry_id(state.vault, state.chain->head().seq));
    s.bind(2, entry_id(state.vault, until_seq));
    s.bind(3, static_cast<std::int64_t>(limit));
    s.bind(4, std::int64_t{state.vault.value});
    ledger::EntryColumns columns;
    columns.vault = state.vault;
    std::uint64_t walked = 0;
    Digest hash{};
    TimeText times;
    for (;; ++walked) {
        VAULT_TRY(const bool row, s.step());
        if (!row) break;
        columns.seq = static_cast<std::uint64_t>(s.integer(0)) & 0xffffffffU;
        columns.tx = static_cast<std::uint64_t>(s.integer(1));
        columns.kind = s.text(2);
        columns.cause = s.text(3);
        columns.mode = s.text(4);
        columns.at = times.text(UtcTime{Duration{s.integer(5)}});
        columns.actor = s.text(6);
        columns.postings_json = s.text(7);
        const bool whole =
            read_digest(s.text(8), columns.prev_hash) && read_digest(s.text(9), hash);
        auto linked = whole ? state.chain->next(columns, hash)
                            : Result<void>{invalid(state.vault, columns.seq,
                                                   "its hashes are not 32 bytes", kRestore)};
        if (linked && s.integer(10) == 0)
            linked = invalid(state.vault, columns.seq, "its user or account is not the vault's",
                             kRestore);
        auto added = linked ? state.fold.add(columns.postings_json) : success();
        if (linked && added) continue;
        s.reset();
        if (!linked) return linked.error();
        return invalid(state.vault, columns.seq, added.error().message(), kRestore);
    }
    s.reset();
    return walked;
}

Result<void> Prover::compare_balances(const ProofState& state) {
    Statement& s = *balances_;
    s.bind(1, std::int64_t{state.vault.value});
    std::vector<std::string> lines;
    for (;;) {
        VAULT_TRY(const bool row, s.step());
        if (!row) break;
        if (s.text(2) == "0") continue;
        lines.push_back(fmt::format("{} {} {}\n", s.text(0), s.text(1), s.text(2)));
    }
    s.reset();
    std::sort(lines.begin(), lines.end());
    std::string stored;
    for (const auto& line : lines)
        stored.append(line);
    const std::string folded = state.fold.text();
    if (stored == folded) return success();
    const auto differs = std::mismatch(stored.begin(), stored.end(), folded.begin(), folded.end());
    const auto line_of = [](const std::string& text, std::string::const_iterator at) {
        auto from = at;
        while (from != text.begin() && *(from - 1) != '\n')
            --from;
        return std::string{from, std::find(at, text.end(), '\n')};
    };
    return invalid(state.vault, state.chain->head().seq,
                   fmt::format("the balance row '{}' is not what the journal sums to, '{}'",
                               line_of(stored, differs.first), line_of(folded, differs.second)),
                   kRestore);
}

Result<ledger::ChainHead> Prover::stored_head(VaultId vault) {
    head_->bind(1, entry_id(vault, 0));
    head_->bind(2, entry_id(vault, 0xffffffffU));
    VAULT_TRY(const bool row, head_->step());
    ledger::ChainHead head;
    bool whole = true;
    if (row) {
        head.seq = static_cast<std::uint64_t>(head_->integer(0)) & 0xffffffffU;
        whole = read_digest(head_->text(1), head.hash);
    }
    head_->reset();
    if (!whole) return invalid(vault, head.seq, "its hash is not 32 bytes", kRestore);
    return head;
}

Result<std::uint64_t> Prover::checkpoint_seq(VaultId vault) {
    read_->bind(1, std::int64_t{vault.value});
    VAULT_TRY(const bool row, read_->step());
    const std::uint64_t seq = row ? static_cast<std::uint64_t>(read_->integer(0)) : 0;
    read_->reset();
    return seq;
}

Result<void> Prover::write_checkpoint(const Checkpoint& checkpoint) {
    const Digest signature = signer_->sign(checkpoint_bytes(checkpoint));
    const auto bytes = [](const Digest& x) {
        return std::string_view{reinterpret_cast<const char*>(x.data()), x.size()};
    };
    write_->bind(1, std::int64_t{checkpoint.vault.value});
    write_->bind(2, static_cast<std::int64_t>(checkpoint.head.seq));
    write_->bind_blob(3, bytes(checkpoint.head.hash));
    write_->bind(4, checkpoint.balances);
    write_->bind_blob(5, bytes(signature));
    return write_->run();
}

}  // namespace vault::store
