#include "tests/integration/tampering.hpp"

#include "daemon/ledger/canonical.hpp"
#include "daemon/ports/audit.hpp"
#include "daemon/store/balance_fold.hpp"
#include "daemon/store/sqlite/proof.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vault::test {
namespace {

using Rows = std::vector<Row>;
using Type = Cell::Type;

constexpr std::int64_t kSeqBits = 32;  // entry.id is vault << 32 | seq
constexpr std::int64_t kSeqMask = 0xffffffff;

std::int64_t vault_of(const Row& entry) {
    return entry[EntryAt::Id].number >> kSeqBits;
}

Cell integer(std::int64_t number) {
    return {Type::Integer, number, {}};
}
Cell text(std::string bytes) {
    return {Type::Text, 0, std::move(bytes)};
}
Cell blob(const Digest& digest) {
    return {Type::Blob, 0, std::string(reinterpret_cast<const char*>(digest.data()), 32)};
}
Digest digest_of(const Cell& cell) {
    Digest digest{};
    std::copy_n(cell.bytes.begin(), std::min(cell.bytes.size(), digest.size()), digest.begin());
    return digest;
}

ports::AuditRow audit_of(const Row& row) {
    ports::AuditRow audit;
    audit.seq = static_cast<std::uint64_t>(row[AuditAt::Seq].number);
    audit.at = UtcTime{Duration{row[AuditAt::At].number}};
    audit.actor = row[AuditAt::Actor].bytes;
    audit.user = UserId{static_cast<std::uint32_t>(row[AuditAt::User].number)};
    audit.action = row[AuditAt::Action].bytes;
    audit.object = row[AuditAt::Object].bytes;
    audit.outcome = row[AuditAt::Outcome].bytes;
    audit.message = row[AuditAt::Message].bytes;
    audit.params_json = row[AuditAt::Params].bytes;
    audit.prev_hash = digest_of(row[AuditAt::PrevHash]);
    return audit;
}

Digest entry_hash(const Row& row) {
    const std::string at = format_utc(UtcTime{Duration{row[EntryAt::At].number}});
    ledger::EntryColumns columns;
    columns.vault = VaultId{static_cast<std::uint32_t>(vault_of(row))};
    columns.seq = static_cast<std::uint64_t>(row[EntryAt::Id].number & kSeqMask);
    columns.tx = static_cast<std::uint64_t>(row[EntryAt::Tx].number);
    columns.kind = row[EntryAt::Kind].bytes;
    columns.cause = row[EntryAt::Cause].bytes;
    columns.mode = row[EntryAt::Mode].bytes;
    columns.at = at;
    columns.actor = row[EntryAt::Actor].bytes;
    columns.postings_json = row[EntryAt::Postings].bytes;
    columns.prev_hash = digest_of(row[EntryAt::PrevHash]);
    std::string body;
    ledger::append_body(body, columns);
    return sha256(body);
}

// The rows of a table that are one chain: the trail, or a vault's journal.
struct Chain {
    StoreCopy::Table table;
    std::size_t begin;
    std::size_t size;
};

// Hashing and linking, for both kinds of chain.
class Linker {
  public:
    Linker(StoreCopy& copy, StoreCopy::Table table)
        : rows_(copy[table]), trail_(table == StoreCopy::Audit) {}

    void rehash(Row& row) const {
        row.back() = blob(trail_ ? ports::audit_hash(audit_of(row)) : entry_hash(row));
    }
    void link(Row& row, const Digest& before) const {
        row[row.size() - 2] = blob(before);
        rehash(row);
    }
    // Numbers and links every chain of the table from its first row.
    void chain() {
        std::ranges::sort(rows_);
        for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
            while (end < rows_.size() && same_chain(rows_[begin], rows_[end]))
                ++end;
            chain(begin, end);
        }
    }

  private:
    bool same_chain(const Row& a, const Row& b) const {
        return trail_ || vault_of(a) == vault_of(b);
    }
    void chain(std::size_t begin, std::size_t end) {
        Digest before{};
        std::int64_t old_tx = 0, tx = 0;
        const std::int64_t vault = trail_ ? 0 : vault_of(rows_[begin]);
        for (std::size_t i = begin; i < end; ++i) {
            const auto seq = static_cast<std::int64_t>(i - begin + 1);
            Row& row = rows_[i];
            row[0] = integer(vault << kSeqBits | seq);
            if (!trail_) {
                if (i == begin || row[EntryAt::Tx].number != old_tx) tx = seq;
                old_tx = row[EntryAt::Tx].number;
                row[EntryAt::Tx] = integer(tx);
            }
            link(row, before);
            before = digest_of(row.back());
        }
    }
    Rows& rows_;
    bool trail_;
};

Chain chain_at(const StoreCopy& copy, StoreCopy::Table table, std::size_t at) {
    const Rows& rows = copy[table];
    if (table == StoreCopy::Audit) return {table, 0, rows.size()};
    const auto [first, last] = std::ranges::equal_range(rows, vault_of(rows[at]), {}, vault_of);
    return {table, static_cast<std::size_t>(first - rows.begin()),
            static_cast<std::size_t>(last - first)};
}

// What the vault's journal sums to; none if its postings cannot be summed up.
std::optional<std::string> sums_of(const Rows& entries, std::int64_t vault, std::size_t count) {
    store::BalanceFold fold;
    for (const Row& row : entries) {
        if (vault_of(row) != vault || count == 0) continue;
        if (!fold.add(row[EntryAt::Postings].bytes)) return std::nullopt;
        --count;
    }
    return fold.text();
}

void put_sums(StoreCopy& copy, std::int64_t vault, std::string_view sums) {
    Rows& rows = copy[StoreCopy::Balance];
    std::erase_if(rows, [vault](const Row& row) { return row[0].number == vault; });
    while (!sums.empty()) {
        const auto first = sums.find(' '), second = sums.find(' ', first + 1);
        const auto end = sums.find('\n');
        rows.push_back({integer(vault), text(std::string(sums.substr(0, first))),
                        text(std::string(sums.substr(first + 1, second - first - 1))),
                        text(std::string(sums.substr(second + 1, end - second - 1)))});
        sums.remove_prefix(end + 1);
    }
}

std::set<std::int64_t> vaults_of(const StoreCopy& copy) {
    std::set<std::int64_t> vaults;
    for (const Row& row : copy[StoreCopy::Balance])
        vaults.insert(row[BalanceAt::Vault].number);
    return vaults;
}

std::string name_of(StoreCopy::Table table, const Row& row) {
    if (table == StoreCopy::Audit) return fmt::format("row {}", row[0].number);
    return fmt::format("v{} entry {}", vault_of(row), row[0].number & kSeqMask);
}

// One attempt at one copy.
class Hand {
  public:
    Hand(const Tampering& how, StoreCopy& copy, Random& random, const ports::Signer& signer)
        : how_(how),
          copy_(copy),
          random_(random),
          signer_(signer),
          table_(how.part == Part::Trail ? StoreCopy::Audit : StoreCopy::Entry) {}

    std::string act() {
        switch (how_.act) {
            case Act::Flip: return flip();
            case Act::Edit: return how_.part == Part::Trail ? edit() : amounts();
            case Act::Swap: return swap();
            case Act::Delete: return remove();
            case Act::Reorder: return reorder();
            case Act::Cut: return cut();
            case Act::RollBack: return roll_back();
            case Act::Sum: return sum();
        }
        return {};
    }
    void cover() {
        std::ranges::sort(copy_[table_]);
        if (how_.act == Act::RollBack || how_.cover != Cover::AllHashes) return;
        if (how_.act != Act::Cut) Linker(copy_, table_).chain();
        if (how_.part == Part::Journals)
            for (const std::int64_t vault : vaults_of(copy_))
                if (const auto sums = sums_of(copy_[table_], vault, copy_[table_].size()))
                    put_sums(copy_, vault, *sums);
        if (how_.act != Act::Cut && below(2) == 0) return;
        copy_[how_.part == Part::Trail ? StoreCopy::Seal : StoreCopy::Checkpoint].clear();
    }

  private:
    std::size_t below(std::size_t bound) { return random_.below(bound); }
    Rows& rows() { return copy_[table_]; }
    std::size_t any() { return below(rows().size()); }

    void own_hash(Row& row) {
        if (how_.cover == Cover::OwnHashes) Linker(copy_, table_).rehash(row);
    }

    void flip(Cell& cell) {
        if (cell.type == Type::Integer) {
            const std::size_t bits = below(2) == 0 ? 6 : 64;
            cell.number ^= static_cast<std::int64_t>(std::uint64_t{1} << below(bits));
            return;
        }
        const auto letter = static_cast<char>(below(256));
        if (cell.bytes.empty()) return cell.bytes.push_back(letter);
        const std::size_t at = below(cell.bytes.size());
        switch (below(how_.act == Act::Sum ? 2 : 4)) {
            case 0:
                cell.bytes[at] =
                    static_cast<char>(cell.bytes[at] ^ static_cast<char>(1U << below(8)));
                break;
            case 1: cell.bytes[at] = static_cast<char>('!' + below(90)); break;
            case 2: cell.bytes.insert(at, 1, letter); break;
            default: cell.bytes.erase(at, 1);
        }
    }
    std::string flip() {
        Row& row = rows()[any()];
        const std::string name = name_of(table_, row);
        const auto& columns = schema_of(table_).columns;
        const std::size_t column = below(columns.size());
        flip(row[column]);
        if (column + 1 < columns.size()) own_hash(row);
        return fmt::format("{}: {}", name, columns[column].name);
    }
    std::string edit() {
        Row& row = rows()[any()];
        const Row& other = rows()[any()];
        constexpr std::array kColumns{AuditAt::Actor, AuditAt::Object, AuditAt::Outcome};
        const std::size_t column = kColumns[below(kColumns.size())];
        if (row[column] == other[column]) return {};
        row[column] = other[column];
        own_hash(row);
        return fmt::format("{}: {} is '{}'", name_of(table_, row),
                           schema_of(table_).columns[column].name, row[column].bytes);
    }
    // Two postings that still sum to zero.
    std::string amounts() {
        Row& row = rows()[any()];
        auto postings = ledger::parse_postings(row[EntryAt::Postings].bytes).value();
        if (postings.size() < 2) return {};
        auto& one = postings[below(postings.size())];
        auto& other = postings[below(postings.size())];
        const Decimal more = Decimal::from_int(1 + static_cast<std::int64_t>(below(99)));
        if (&one == &other || one.asset != other.asset) return {};
        one.amount = one.amount + more;
        other.amount = other.amount - more;
        if (one.amount.is_zero() || other.amount.is_zero()) return {};
        row[EntryAt::Postings].bytes = ledger::postings_json(postings);
        own_hash(row);
        return fmt::format("{}: {} more", name_of(table_, row), more.text());
    }
    // What stands under two numbers changes places.
    void exchange(Row& a, Row& b) {
        std::swap(a, b);
        std::swap(a[0], b[0]);
    }
    std::string swap() {
        Row& a = rows()[any()];
        Row& b = rows()[any()];
        if (&a == &b) return {};
        exchange(a, b);
        own_hash(a);
        own_hash(b);
        return fmt::format("{} and {}", name_of(table_, a), name_of(table_, b));
    }
    std::string remove() {
        const std::size_t at = any();
        const Chain chain = chain_at(copy_, table_, at);
        const bool last = at + 1 == chain.begin + chain.size;
        if (last && how_.cover == Cover::OwnHashes) return {};
        const std::string name = name_of(table_, rows()[at]);
        if (how_.cover == Cover::OwnHashes)
            Linker(copy_, table_)
                .link(rows()[at + 1],
                      at == chain.begin ? Digest{} : digest_of(rows()[at - 1].back()));
        rows().erase(rows().begin() + static_cast<std::ptrdiff_t>(at));
        return name;
    }
    std::string reorder() {
        const Chain chain = chain_at(copy_, table_, any());
        if (chain.size < 3) return {};
        const std::size_t run = 3 + below(std::min<std::size_t>(chain.size - 2, 6));
        const std::size_t begin = chain.begin + below(chain.size - run + 1);
        for (std::size_t i = begin + run - 1; i > begin; --i)
            exchange(rows()[i], rows()[begin + below(i - begin + 1)]);
        for (std::size_t i = begin; i < begin + run; ++i)
            own_hash(rows()[i]);
        return fmt::format("{} rows from {} on", run, name_of(table_, rows()[begin]));
    }
    std::string cut() {
        const Chain chain = chain_at(copy_, table_, any());
        const std::size_t left = below(chain.size);
        const auto begin = rows().begin() + static_cast<std::ptrdiff_t>(chain.begin);
        const std::string name = name_of(table_, *(begin + static_cast<std::ptrdiff_t>(left)));
        rows().erase(begin + static_cast<std::ptrdiff_t>(left),
                     begin + static_cast<std::ptrdiff_t>(chain.size));
        return name + " and all behind it";
    }
    std::string roll_back() {
        std::string said = "back";
        if (how_.part != Part::Journals) {
            const std::size_t left = below(copy_[StoreCopy::Audit].size());
            roll_back_trail(copy_, left, signer_);
            said += fmt::format(" to row {}", left);
        }
        if (how_.part == Part::Trail) return said;
        for (const std::int64_t vault : vaults_of(copy_)) {
            const auto size = static_cast<std::size_t>(
                std::ranges::count(copy_[StoreCopy::Entry], vault, vault_of));
            const std::size_t left = below(size + 1);
            roll_back_journal(copy_, vault, left, signer_);
            said += fmt::format(" v{} to entry {}", vault, left);
        }
        return said;
    }
    std::string sum() {
        Rows& sums = copy_[StoreCopy::Balance];
        Row& row = sums[below(sums.size())];
        flip(row[BalanceAt::Amount]);
        return fmt::format("v{} {} {}: '{}'", row[0].number, row[1].bytes, row[2].bytes,
                           row[3].bytes);
    }

    const Tampering& how_;
    StoreCopy& copy_;
    Random& random_;
    const ports::Signer& signer_;
    StoreCopy::Table table_;
};

}  // namespace

std::string tamper(const Tampering& how, StoreCopy& copy, Random& random,
                   const ports::Signer& signer) {
    const StoreCopy before = copy;
    Hand hand(how, copy, random, signer);
    std::string said = hand.act();
    if (said.empty()) return said;
    hand.cover();
    const bool same = how.act == Act::Sum ? copy == before
                                          : copy[StoreCopy::Audit] == before[StoreCopy::Audit] &&
                                                copy[StoreCopy::Entry] == before[StoreCopy::Entry];
    return same ? std::string{} : said;
}

void roll_back_trail(StoreCopy& copy, std::size_t rows, const ports::Signer& signer) {
    Rows& trail = copy[StoreCopy::Audit];
    trail.resize(rows);
    copy[StoreCopy::Seal].clear();
    if (rows == 0) return;
    const ports::ChainHead head{rows, digest_of(trail.back().back())};
    copy[StoreCopy::Seal].push_back(
        {text("audit_head"), text(fmt::format("{} {} {}", head.seq, to_hex(head.hash),
                                              to_hex(signer.sign(audit_head_bytes(head)))))});
}

// Between two transactions, for there a checkpoint is taken: `entries` is made less if need be.
void roll_back_journal(StoreCopy& copy, std::int64_t vault, std::size_t entries,
                       const ports::Signer& signer) {
    Rows& rows = copy[StoreCopy::Entry];
    const auto [first, last] = std::ranges::equal_range(rows, vault, {}, vault_of);
    const auto size = static_cast<std::size_t>(last - first);
    while (entries > 0 && entries < size &&
           first[static_cast<std::ptrdiff_t>(entries)][EntryAt::Tx] ==
               first[static_cast<std::ptrdiff_t>(entries) - 1][EntryAt::Tx])
        --entries;
    rows.erase(first + static_cast<std::ptrdiff_t>(entries), last);
    const std::string sums = sums_of(rows, vault, entries).value();
    put_sums(copy, vault, sums);
    std::erase_if(copy[StoreCopy::Checkpoint],
                  [vault](const Row& row) { return row[0].number == vault; });
    if (entries == 0) return;
    const auto end = std::ranges::equal_range(rows, vault, {}, vault_of).end();
    const store::Checkpoint checkpoint{
        VaultId{static_cast<std::uint32_t>(vault)}, {entries, digest_of((end - 1)->back())}, sums};
    copy[StoreCopy::Checkpoint].push_back(
        {integer(vault), integer(static_cast<std::int64_t>(entries)), blob(checkpoint.head.hash),
         text(sums), blob(signer.sign(store::checkpoint_bytes(checkpoint)))});
}

}  // namespace vault::test
