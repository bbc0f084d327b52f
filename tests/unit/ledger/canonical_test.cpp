#include "daemon/ledger/canonical.hpp"

#include "daemon/ledger/chain.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace vault::ledger::test {
namespace {

using vault::literals::operator""_dec;

const Asset kUsdt = Asset::parse("USDT").value();

Entry opening() {
    Entry entry;
    entry.vault = VaultId{1};
    entry.seq = entry.tx = 1;
    entry.kind = EntryKind::Opening;
    entry.cause = "cmd:k1";
    entry.at = parse_utc("2021-04-02T09:39:45.123Z").value();
    entry.actor = "engine";
    entry.postings = {{account(AccountKind::External), kUsdt, "-20.01253"_dec},
                      {account(AccountKind::Reserve), kUsdt, "20.01253"_dec}};
    entry.hash = entry_hash(entry);
    return entry;
}

Entry awkward(const Entry& before) {
    Entry entry;
    entry.vault = VaultId{1};
    entry.seq = entry.tx = 2;
    entry.kind = EntryKind::SetTradeable;
    entry.cause = "cmd:\"a\\b\"\n\x01\x1f\x7f\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/";
    entry.at = parse_utc("2021-04-02T09:39:46.000Z").value();
    entry.actor = "u1 <\t>";
    entry.postings = {{account(AccountKind::Reserve), kUsdt, "-15"_dec},
                      {account(AccountKind::Unallocated), kUsdt, "15"_dec}};
    entry.prev_hash = before.hash;
    entry.hash = entry_hash(entry);
    return entry;
}

// Both hashes come from python3: json.dumps(sort_keys, separators, ensure_ascii=False),
// hashlib.sha256.
TEST(Canonical, HashesAreThoseOfAnIndependentImplementation) {
    const Entry first = opening();
    EXPECT_EQ(entry_body(first),
              R"({"actor":"engine","at":"2021-04-02T09:39:45.123Z","cause":"cmd:k1",)"
              R"("key":"v1:opening:cmd:k1","kind":"opening","mode":"paper","postings":[)"
              R"({"account":"external","amount":"-20.01253","asset":"USDT"},)"
              R"({"account":"reserve","amount":"20.01253","asset":"USDT"}],"prev_hash":)"
              R"("0000000000000000000000000000000000000000000000000000000000000000",)"
              R"("seq":1,"tx":1,"vault":"v1"})");
    EXPECT_EQ(to_hex(first.hash),
              "3fdfdee7b42cc769da6b519b377ef68dd8bb587982b43de953cf07fbf908e208");
    EXPECT_EQ(to_hex(awkward(first).hash),
              "bc9f109cdbbdec2cf5cd3a0e91df40dd0878dd76d66d50a220b305dfcb947710");
}

TEST(Canonical, ExportLineIsTheBodyWithItsHashInOrder) {
    const Entry entry = opening();
    std::string expected = entry_body(entry);
    expected.insert(expected.find("\"key\""), "\"hash\":\"" + to_hex(entry.hash) + "\",");
    EXPECT_EQ(export_line(entry), expected);
}

TEST(Canonical, StringsAreEscapedAsRfc8785Says) {
    std::string out;
    append_json_string(out, std::string_view{"\"\\\b\t\n\f\r\0\x1f/\x7f", 11});
    EXPECT_EQ(out, "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f/\x7f\"");
}

TEST(Canonical, ColumnsGiveTheSameTextAsTheEntry) {
    const Entry entry = awkward(opening());
    const std::string postings = postings_json(entry.postings);
    const EntryColumns columns{entry.vault,
                               2,
                               2,
                               "set_tradeable",
                               entry.cause,
                               "paper",
                               "2021-04-02T09:39:46.000Z",
                               entry.actor,
                               postings,
                               entry.prev_hash};
    std::string body;
    append_body(body, columns);
    EXPECT_EQ(body, entry_body(entry));
    std::string line;
    append_export_line(line, columns, entry.hash);
    EXPECT_EQ(line, export_line(entry));
    EXPECT_EQ(parse_entry(columns, entry.hash).value(), entry);
}

TEST(Canonical, ATextThatNoEntryHasIsRefused) {
    const EntryColumns good{
        VaultId{1}, 1, 1, "opening", "a:1", "paper", "2021-04-02T09:39:46.000Z", "u1", "[]", {}};
    ASSERT_TRUE(parse_entry(good, {}).has_value());
    for (const auto column : {&EntryColumns::kind, &EntryColumns::mode, &EntryColumns::at,
                              &EntryColumns::postings_json}) {
        EntryColumns wrong = good;
        wrong.*column = "x";
        EXPECT_TRUE(parse_entry(wrong, {}).has_error());
    }
}

TEST(Canonical, PostingsComeBackAsTheyWere) {
    const std::vector<Posting> postings{
        {account(SleeveKind::Flash, AccountKind::Cash), kUsdt, "-4.9949"_dec},
        {account(SleeveKind::Quiet, AccountKind::Realised), kUsdt, "0.000000000000000001"_dec},
        {account(AccountKind::Market), Asset::parse("ETH").value(), "-99999999999999999"_dec}};
    EXPECT_EQ(parse_postings(postings_json(postings)).value(), postings);
    EXPECT_TRUE(parse_postings("[]").value().empty());
}

TEST(Canonical, AnythingButTheCanonicalPostingsIsRefused) {
    const std::string good = R"({"account":"reserve","amount":"1","asset":"USDT"})";
    ASSERT_TRUE(parse_postings("[" + good + "]").has_value());
    const std::vector<std::string> wrong{
        "",
        "[",
        "]",
        "null",
        good,
        "[" + good,
        "[" + good + ",]",
        "[" + good + "]]",
        "[" + good + "] ",
        "[ " + good + "]",
        "[" + good + good + "]",
        R"([{"account":"reserve","amount":"1.0","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"+1","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"01","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"0","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"-0","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"1e3","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"NaN","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"1e999","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"0.0000000000000000001","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"100000000000000000000","asset":"USDT"}])",
        R"([{"account":"reserve","amount":1,"asset":"USDT"}])",
        R"([{"account":"reserve","amount":"1","asset":"usdt"}])",
        R"([{"account":"reserve","amount":"1","asset":""}])",
        R"([{"account":"cash","amount":"1","asset":"USDT"}])",
        R"([{"account":"flash.reserve","amount":"1","asset":"USDT"}])",
        R"([{"amount":"1","account":"reserve","asset":"USDT"}])",
        R"([{"account":"reserve","amount":"1","asset":"USDT","x":"1"}])",
    };
    for (const std::string& text : wrong)
        EXPECT_TRUE(parse_postings(text).has_error()) << text;
}

TEST(Canonical, EveryAccountAndKindHasATextOfItsOwn) {
    for (std::size_t i = 0; i < kAccountKinds; ++i) {
        const auto kind = static_cast<AccountKind>(i);
        if (!belongs_to_sleeve(kind)) {
            EXPECT_EQ(parse_ledger_account(to_text(account(kind))).value(), account(kind));
            continue;
        }
        for (const SleeveKind sleeve : kSleeveKinds) {
            const LedgerAccount name = account(sleeve, kind);
            EXPECT_EQ(parse_ledger_account(to_text(name)).value(), name);
        }
    }
    for (std::size_t i = 0; i < kEntryKinds; ++i) {
        const auto kind = static_cast<EntryKind>(i);
        EXPECT_EQ(parse_entry_kind(to_text(kind)).value(), kind);
    }
    EXPECT_TRUE(parse_entry_kind("").has_error());
    EXPECT_TRUE(parse_ledger_account("").has_error());
    EXPECT_EQ(entry_key(opening()), "v1:opening:cmd:k1");
}

TEST(Chain, AcceptsWhatWasBookedAndNamesTheEntryThatWasChanged) {
    const Entry first = opening();
    const Entry second = awkward(first);
    ChainVerifier good{VaultId{1}};
    EXPECT_TRUE(good.next(first).has_value());
    EXPECT_TRUE(good.next(second).has_value());
    EXPECT_EQ(good.head(), (ChainHead{2, second.hash}));

    const auto refused = [&](auto change) {
        Entry edited = second;
        change(edited);
        ChainVerifier verifier{VaultId{1}};
        EXPECT_TRUE(verifier.next(first).has_value());
        const auto result = verifier.next(edited);
        EXPECT_EQ(verifier.head().seq, 1U);
        return result.has_error() && result.error().code() == Errc::StoreInvalid &&
               result.error().message().find("entry 2") != std::string::npos;
    };
    EXPECT_TRUE(refused([](Entry& e) { e.seq = 3; }));
    EXPECT_TRUE(refused([](Entry& e) { e.tx = 3; }));
    EXPECT_TRUE(refused([](Entry& e) { e.tx = 0; }));
    EXPECT_TRUE(refused([](Entry& e) { e.tx = 1; }));  // the hash is of tx 2
    EXPECT_TRUE(refused([](Entry& e) { e.vault = VaultId{2}; }));
    EXPECT_TRUE(refused([](Entry& e) { e.kind = EntryKind::Deposit; }));
    EXPECT_TRUE(refused([](Entry& e) { e.cause += "x"; }));
    EXPECT_TRUE(refused([](Entry& e) { e.mode = Mode::Live; }));
    EXPECT_TRUE(refused([](Entry& e) { e.at += Duration{1}; }));
    EXPECT_TRUE(refused([](Entry& e) { e.actor.clear(); }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings.pop_back(); }));
    EXPECT_TRUE(refused([](Entry& e) { e.postings[0].amount = "-14.999999999999999999"_dec; }));
    EXPECT_TRUE(refused([](Entry& e) { std::swap(e.postings[0], e.postings[1]); }));
    EXPECT_TRUE(refused([](Entry& e) { e.prev_hash[31] ^= 1; }));
    EXPECT_TRUE(refused([](Entry& e) { e.hash[0] ^= 1; }));

    ChainVerifier lost{VaultId{1}};
    EXPECT_TRUE(lost.next(second).has_error());
}

// Figures only: the goal of 500,000 a second is the bench's to judge.
TEST(Chain, PrintsHowManyStoredEntriesItVerifiesPerSecond) {
    const Entry entry = opening();
    const std::string postings = postings_json(entry.postings);
    const std::string at = format_utc(entry.at);
    constexpr std::uint64_t kEntries = 100'000;
    ChainVerifier verifier{VaultId{1}};
    std::vector<Digest> hashes;
    Digest previous{};
    std::string body;
    const auto columns_of = [&](std::uint64_t seq, const Digest& prev) {
        return EntryColumns{entry.vault, seq, seq,         "opening", entry.cause,
                            "paper",     at,  entry.actor, postings,  prev};
    };
    for (std::uint64_t seq = 1; seq <= kEntries; ++seq) {
        body.clear();
        append_body(body, columns_of(seq, previous));
        hashes.push_back(previous = sha256(body));
    }
    const auto start = std::chrono::steady_clock::now();
    previous = Digest{};
    for (std::uint64_t seq = 1; seq <= kEntries; ++seq) {
        ASSERT_TRUE(verifier.next(columns_of(seq, previous), hashes[seq - 1]).has_value());
        previous = hashes[seq - 1];
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("verified %.0f entries/s\n", static_cast<double>(kEntries) / took.count());
    EXPECT_EQ(verifier.head().seq, kEntries);
}

}  // namespace
}  // namespace vault::ledger::test
