#include "tests/unit/ledger/desk.hpp"

namespace vault::ledger::test {
namespace {

Entry next_of(const VaultBooks& books, std::vector<Posting> postings) {
    Entry entry;
    entry.vault = books.vault();
    entry.seq = entry.tx = books.head().seq + 1;
    entry.kind = EntryKind::Deposit;
    entry.cause = "test:1";
    entry.postings = std::move(postings);
    entry.prev_hash = books.head().hash;
    entry.hash = entry_hash(entry);
    return entry;
}

const LedgerAccount kExternal = account(AccountKind::External);
const LedgerAccount kReserve = account(AccountKind::Reserve);

TEST(Post, RefusesWhatDoesNotBalanceAndChangesNothing) {
    const Desk desk{"10"_dec};
    const LedgerAccount cash = account(kFlash, AccountKind::Cash);
    const LedgerAccount coins = account(kFlash, AccountKind::Position);
    const std::vector<std::pair<const char*, std::vector<Posting>>> wrong{
        {"no postings", {}},
        {"a zero", {{kExternal, kUsdt, kZero}, {kReserve, kUsdt, kZero}}},
        {"one side", {{kReserve, kUsdt, "1"_dec}}},
        {"one digit off",
         {{kExternal, kUsdt, "-1"_dec}, {kReserve, kUsdt, "1.000000000000000001"_dec}}},
        {"two assets", {{kExternal, kUsdt, "-1"_dec}, {kReserve, kEth, "1"_dec}}},
        {"a coin as reserve", {{kExternal, kEth, "-1"_dec}, {kReserve, kEth, "1"_dec}}},
        {"overdrawn", {{kExternal, kUsdt, "11"_dec}, {kReserve, kUsdt, "-11"_dec}}},
        {"cash without principal", {{kReserve, kUsdt, "-1"_dec}, {cash, kUsdt, "1"_dec}}},
        {"cost without coins", {{kReserve, kUsdt, "-1"_dec}, {coins, kUsdt, "1"_dec}}},
        {"coins from nowhere", {{coins, kEth, "1"_dec}}},
        {"no sleeve", {{account(AccountKind::Cash), kUsdt, "1"_dec}, {kReserve, kUsdt, "-1"_dec}}},
    };
    for (const auto& [name, postings] : wrong) {
        VaultBooks books = desk.books();
        if (std::string{name} == "no sleeve") {
            Entry entry =
                next_of(books, {{kReserve, kUsdt, "-1"_dec}, {kExternal, kUsdt, "1"_dec}});
            entry.postings = postings;  // has no text to hash
            EXPECT_TRUE(books.post(entry).has_error()) << name;
            continue;
        }
        const auto result = books.post(next_of(books, postings));
        ASSERT_TRUE(result.has_error()) << name;
        EXPECT_EQ(result.error().code(), Errc::InvariantBroken) << name;
        EXPECT_TRUE(books == desk.books()) << name;
    }
}

TEST(Post, RefusesAnEntryThatIsNotTheNextOfItsVault) {
    const Desk desk{"10"_dec};
    const Entry good =
        next_of(desk.books(), {{kExternal, kUsdt, "-1"_dec}, {kReserve, kUsdt, "1"_dec}});
    const auto refused = [&](auto change) {
        Entry entry = good;
        change(entry);
        VaultBooks books = desk.books();
        const bool error = books.post(entry).has_error();
        return error && books == desk.books();
    };
    EXPECT_TRUE(refused([](Entry& e) { e.vault = VaultId{2}; }));
    EXPECT_TRUE(refused([](Entry& e) { e.seq = 3; }));
    EXPECT_TRUE(refused([](Entry& e) { e.seq = 1; }));
    EXPECT_TRUE(refused([](Entry& e) { e.prev_hash[0] ^= 1; }));
    EXPECT_FALSE(refused([](Entry&) {}));
}

TEST(Post, HoldsUpToTheBalanceMaxAndNotOneUnitMore) {
    Desk desk{kBalanceMax};
    EXPECT_EQ(desk.books().total(), kBalanceMax);
    EXPECT_EQ(desk.deposit("0.000000000000000001"_dec), Errc::AmountTooLarge);
    EXPECT_EQ(desk.withdraw("0.000000000000000001"_dec), std::nullopt);
    EXPECT_EQ(desk.deposit("0.000000000000000001"_dec), std::nullopt);
}

TEST(Restore, GivesTheSameBooksAndRefusesAnythingElse) {
    Desk desk{"1000"_dec};
    desk.tradeable("800"_dec);
    desk.allocate("300"_dec, "200"_dec);
    for (const Asset& base : {kEth, kBtc}) {
        desk.buy(kFlash, "50"_dec);
        desk.fill(
            {kFlash, Side::Buy, "2"_dec, "20"_dec, "40"_dec, "0.01"_dec, base, "50"_dec, {}, base});
    }
    desk.unallocate(kZero, "10"_dec);
    const VaultBooks& books = desk.books();
    const auto balances = books.balances();
    const auto restore = [&](const std::vector<Balance>& rows, const BooksState& state) {
        return VaultBooks::restore(books.vault(), kUsdt, rows, state, books.head());
    };
    ASSERT_TRUE(restore(balances, books.state()).has_value());
    EXPECT_TRUE(restore(balances, books.state()).value() == books);

    for (std::size_t i = 0; i < balances.size(); ++i) {
        auto rows = balances;
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_TRUE(restore(rows, books.state()).has_error()) << to_text(balances[i].account);
        rows = balances;
        rows[i].amount += Decimal::from_raw(1);
        EXPECT_TRUE(restore(rows, books.state()).has_error()) << to_text(balances[i].account);
        rows = balances;
        rows.push_back(rows[i]);
        EXPECT_TRUE(restore(rows, books.state()).has_error()) << to_text(balances[i].account);
    }
    BooksState state = books.state();
    state.sleeves[1].swept = "1"_dec;
    EXPECT_TRUE(restore(balances, state).has_error());
    state = books.state();
    state.sleeves[1].positions.pop_back();
    EXPECT_TRUE(restore(balances, state).has_error());
    state = books.state();
    state.shortfall = "-1"_dec;
    EXPECT_TRUE(restore(balances, state).has_error());
}

TEST(Balances, AreOrderedAndNameEveryAccount) {
    Desk desk{"10"_dec};
    desk.tradeable("8"_dec);
    desk.allocate("3"_dec, "2"_dec);
    std::string text;
    for (const Balance& line : desk.books().balances())
        text += std::string{to_text(line.account)} + "=" + line.amount.text() + " ";
    EXPECT_EQ(text,
              "external=-10 memo=-5 reserve=2 unallocated=3 quiet.cash=3 flash.cash=2 "
              "quiet.principal=3 flash.principal=2 ");
    EXPECT_EQ(desk.books().balance(account(AccountKind::Reserve), kUsdt), "2"_dec);
    EXPECT_EQ(desk.books().balance(account(AccountKind::Reserve), kEth), kZero);
}

}  // namespace
}  // namespace vault::ledger::test
