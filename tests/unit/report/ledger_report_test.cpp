#include "daemon/ledger/transaction.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/verify.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <gtest/gtest.h>

namespace vault::report {
namespace {

using vault::literals::operator""_dec;

const UtcTime kStart = parse_utc("2021-04-01").value();
const Asset kUsdt = Asset::parse("USDT").value();

// A real journal of `entries` entries and the balances it makes.
struct Books {
    test::FakeReader reader;
    std::vector<ledger::Entry> entries;
    std::map<VaultId, ledger::VaultBooks> books;

    void add_vault(std::uint32_t id, int deposits) {
        const VaultId vault{id};
        ports::VaultRow row;
        row.id = vault;
        row.asset = kUsdt;
        reader.vault_rows.push_back(row);
        books[vault] = ledger::VaultBooks(vault, kUsdt);
        ledger::Transaction open(books[vault], context("cmd:open", 0));
        EXPECT_TRUE(open.open("1000"_dec));
        keep(vault, open);
        for (int i = 1; i <= deposits; ++i)
            deposit(vault, i);
        refresh_balances();
    }
    static ledger::EntryContext context(std::string cause, int minute) {
        return {std::move(cause), Mode::Paper, kStart + std::chrono::minutes{minute}, "uid:0"};
    }
    void deposit(VaultId vault, int number) {
        ledger::Transaction change(books[vault],
                                   context("funding:d" + std::to_string(number), number));
        EXPECT_TRUE(change.deposit("1"_dec, {}, ledger::EntryKind::Deposit));
        keep(vault, change);
    }
    void keep(VaultId vault, ledger::Transaction& change) {
        for (const ledger::Entry& entry : change.entries()) {
            reader.add_entry(entry);
            entries.push_back(entry);
        }
        books[vault] = change.books();
    }
    void refresh_balances() {
        reader.balance_rows.clear();
        for (const auto& [vault, book] : books)
            for (const ledger::Balance& balance : book.balances())
                reader.balance_rows.push_back({vault, std::string(ledger::to_text(balance.account)),
                                               balance.asset, balance.amount});
    }
    VerifyResult verify(std::optional<VaultId> only = {}) {
        LedgerVerifier verifier(only ? std::optional(std::vector{*only}) : std::nullopt);
        for (;;) {
            const auto more = verifier.step(reader);
            EXPECT_TRUE(more);
            if (!more || !more.value()) return verifier.result();
        }
    }
};

TEST(Verify, PassesBooksThatAreRight) {
    Books books;
    books.add_vault(1, 2500);
    books.add_vault(2, 999);
    books.add_vault(3, 0);
    const VerifyResult result = books.verify();
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.vaults, 3u);
    EXPECT_EQ(result.entries, books.entries.size());
    EXPECT_LE(books.reader.largest_limit, kJournalPage);
    EXPECT_EQ(books.verify(VaultId{2}).entries, 1000u);
}

TEST(Verify, FindsEveryKindOfEdit) {
    const auto check = [](std::string_view what, std::uint64_t seq, auto edit) {
        Books books;
        books.add_vault(1, 20);
        books.add_vault(2, 20);
        edit(books.reader);
        const VerifyResult result = books.verify();
        ASSERT_EQ(result.problems.size(), 1u) << what;
        EXPECT_EQ(result.problems[0].vault, VaultId{1});
        EXPECT_EQ(result.problems[0].what, what) << result.problems[0].message;
        EXPECT_EQ(result.problems[0].seq, seq) << result.problems[0].message;
        EXPECT_EQ(result.vaults, 2u);
    };
    check("chain", 5, [](test::FakeReader& r) { r.entry_rows[4].cause = "funding:other"; });
    check("chain", 5, [](test::FakeReader& r) { r.entry_rows[4].owner.actor = "mallory"; });
    check("chain", 6, [](test::FakeReader& r) { r.entry_rows.erase(r.entry_rows.begin() + 4); });
    check("chain", 5, [](test::FakeReader& r) { r.entry_rows[4].hash[0] ^= 1; });
    check("owner", 5, [](test::FakeReader& r) { r.entry_rows[4].owner.user = UserId{2}; });
    check("owner", 5, [](test::FakeReader& r) { r.entry_rows[4].owner.account = AccountId{2}; });
    check("balance", 0, [](test::FakeReader& r) { r.balance_rows[0].amount += "0.01"_dec; });
    check("balance", 0, [](test::FakeReader& r) {
        std::erase_if(r.balance_rows, [](const auto& row) {
            return row.vault == VaultId{1} && row.account == "reserve";
        });
    });
    check("balance", 0, [](test::FakeReader& r) {
        r.balance_rows.push_back({VaultId{1}, "flash.cash", kUsdt, "5"_dec});
    });
}

// An entry whose chain is right (somebody recomputed the hashes) still has to be a legal booking.
TEST(Verify, FindsARechainedForgery) {
    Books books;
    books.add_vault(1, 3);
    auto forged = books.entries;
    forged[2].cause = forged[1].cause;  // booked twice
    Digest previous = forged[1].hash;
    for (std::size_t i = 2; i < forged.size(); ++i) {
        forged[i].prev_hash = previous;
        forged[i].hash = previous = ledger::entry_hash(forged[i]);
    }
    books.reader.entry_rows.clear();
    for (const auto& entry : forged)
        books.reader.add_entry(entry);
    const VerifyResult result = books.verify();
    ASSERT_EQ(result.problems.size(), 1u);
    EXPECT_EQ(result.problems[0].what, "duplicate");
    EXPECT_EQ(result.problems[0].seq, 3u);
}

TEST(Verify, IsRightWhileTheEngineGoesOnBooking) {
    Books books;
    books.add_vault(1, 1500);
    int left = 7;
    books.reader.before_entries = [&] {
        if (left-- <= 0) return;
        books.deposit(VaultId{1}, 5000 + left);
        books.refresh_balances();
    };
    const VerifyResult result = books.verify();
    EXPECT_TRUE(result.ok()) << result.problems[0].message;
    EXPECT_EQ(result.entries, books.entries.size());
}

TEST(Verify, UnknownVaultIsAnError) {
    Books books;
    books.add_vault(1, 1);
    LedgerVerifier verifier(std::vector{VaultId{7}});
    EXPECT_EQ(verifier.step(books.reader).error().code(), Errc::NotFound);
}

TEST(Journal, LengthOfAnySize) {
    for (const int deposits : {0, 1, 2, 3, 7, 8, 62, 63, 64, 1000}) {
        Books books;
        books.add_vault(1, deposits);
        EXPECT_EQ(journal_length(books.reader, VaultId{1}).value(), books.entries.size());
    }
    test::FakeReader empty;
    EXPECT_EQ(journal_length(empty, VaultId{1}).value(), 0u);
}

TEST(Journal, NewestEntriesWithinASpan) {
    Books books;
    books.add_vault(1, 2999);
    const auto read = [&](std::optional<UtcTime> from, std::optional<UtcTime> to,
                          std::uint32_t limit) {
        NewestEntries entries(VaultId{1}, from, to, limit);
        for (bool more = true; more;) {
            const auto stepped = entries.step(books.reader);
            EXPECT_TRUE(stepped);
            more = stepped.value();
        }
        return std::move(entries).take();
    };
    const auto last = read({}, {}, 10);
    ASSERT_EQ(last.size(), 10u);
    EXPECT_EQ(last.front().seq, 2991u);
    EXPECT_EQ(last.back().seq, 3000u);
    const auto early =
        read(kStart + std::chrono::minutes{5}, kStart + std::chrono::minutes{8}, 100);
    ASSERT_EQ(early.size(), 3u);
    EXPECT_EQ(early.front().seq, 6u);
    EXPECT_EQ(read({}, {}, 10'000).size(), 3000u);
    NewestEntries none(VaultId{2}, {}, {}, 5);
    EXPECT_FALSE(none.step(books.reader).value());
}

TEST(Journal, ExportPagesJoinToTheLedgersOwnLines) {
    Books books;
    books.add_vault(1, 30);
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{2000}, std::size_t{1} << 20}) {
        std::vector<std::string> lines;
        std::optional<std::uint64_t> next = 1;
        while (next) {
            const auto page = export_page(books.reader, VaultId{1}, *next, 7, bytes);
            ASSERT_TRUE(page);
            ASSERT_FALSE(page.value().lines.empty());
            ASSERT_LE(page.value().lines.size(), 7u);
            lines.insert(lines.end(), page.value().lines.begin(), page.value().lines.end());
            next = page.value().next_seq;
        }
        ASSERT_EQ(lines.size(), books.entries.size());
        for (std::size_t i = 0; i < lines.size(); ++i)
            EXPECT_EQ(lines[i], ledger::export_line(books.entries[i]));
    }
}

}  // namespace
}  // namespace vault::report
