#include "daemon/report/audit_walk.hpp"

#include "common/base/random.hpp"
#include "tests/unit/report/fake_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

namespace vault::report {
namespace {

using ports::AuditRow;
using Trail = std::vector<AuditRow>;

constexpr std::size_t kRows = 40;

std::uint64_t seed_of_run() {
    const char* const given = std::getenv("VAULT_SEED");
    return given == nullptr ? 20'260'401 : std::strtoull(given, nullptr, 10);
}

AuditRow row_number(std::size_t i) {
    AuditRow row;
    row.at = UtcTime{Duration{1'700'000'000'000 + static_cast<std::int64_t>(i)}};
    row.actor = i % 3 == 0 ? "uid:0" : "alice";
    row.user = UserId{static_cast<std::uint32_t>(i % 4)};
    row.action = i % 2 == 0 ? "vault.allocate" : "halt";
    row.object = fmt::format("v{}", i % 5);
    row.outcome = i % 7 == 0 ? "refused" : "applied";
    row.message = i % 7 == 0 ? "there is no such thing" : "";
    row.params_json = fmt::format(R"({{"quiet":"{}"}})", i);
    return row;
}

Trail trail_of(std::size_t rows) {
    Trail trail;
    for (std::size_t i = 0; i < rows; ++i)
        trail.push_back(row_number(i));
    ports::ChainHead head;
    ports::seal(trail, head);
    return trail;
}

ports::ChainHead head_of(const Trail& trail) {
    return {trail.back().seq, trail.back().hash};
}

AuditProof proved(test::FakeReader& reader, const std::optional<ports::KeptHead>& kept) {
    AuditWalk walk(kept);
    for (bool more = true; more;)
        more = walk.step(reader).value();
    return walk.result();
}

AuditProof proved(const Trail& trail, std::optional<ports::ChainHead> kept = {}) {
    test::FakeReader reader;
    reader.audit_rows = trail;
    return proved(reader, kept ? std::optional(ports::KeptHead{*kept, {}, {}}) : std::nullopt);
}

TEST(AuditWalk, ATrailAsWrittenHolds) {
    const Trail trail = trail_of(kRows);
    const AuditProof proof = proved(trail, head_of(trail));
    EXPECT_TRUE(proof.ok()) << proof.problem;
    EXPECT_EQ(proof.rows, kRows);
    EXPECT_TRUE(proved({}).ok());
    const Trail longer = trail_of(kRows + 5);  // a head of before stays good while the trail grows
    EXPECT_TRUE(proved(longer, head_of(trail)).ok());
}

void book(test::FakeReader& reader, std::uint32_t vault, std::uint64_t seq) {
    ports::EntryRow row;
    row.vault = VaultId{vault};
    row.seq = seq;
    row.hash = sha256(fmt::format("{} {}", vault, seq));
    reader.entry_rows.push_back(row);
}

ports::KeptHead heads_of(test::FakeReader& reader) {
    HeadsWalk walk(std::nullopt);
    for (bool more = true; more;)
        more = walk.step(reader).value();
    return walk.heads();
}

TEST(AuditWalk, AJournalIsHeldBesideItsKeptHead) {
    constexpr std::uint32_t kVaults = 2'500;  // more than a page of heads, and than a step compares
    test::FakeReader reader;
    reader.audit_rows = trail_of(kRows);
    for (std::uint32_t vault = 1; vault <= kVaults; ++vault)
        for (std::uint64_t seq = 1; seq <= 2; ++seq)
            book(reader, vault, seq);
    const ports::KeptHead kept = heads_of(reader);
    ASSERT_EQ(kept.journals.size(), kVaults);
    EXPECT_EQ(kept.trail, head_of(reader.audit_rows));
    book(reader, 7, 3);
    EXPECT_EQ(proved(reader, kept).problem, "") << "a journal may grow";

    const auto problem_after = [&](auto change) {
        test::FakeReader changed = reader;
        change(changed.entry_rows);
        return proved(changed, kept).problem;
    };
    using Entries = std::vector<ports::EntryRow>;
    const std::string cut = problem_after([](Entries& rows) {
        std::erase_if(rows,
                      [](const auto& row) { return row.vault.value == 2'400 && row.seq > 1; });
    });
    EXPECT_TRUE(cut.starts_with("journal of v2400, entry 2: it is missing")) << cut;
    const std::string gone = problem_after([](Entries& rows) {
        std::erase_if(rows, [](const auto& row) { return row.vault.value == 1; });
    });
    EXPECT_TRUE(gone.starts_with("journal of v1, entry 2: it is missing")) << gone;
    const std::string anew = problem_after([](Entries& rows) { rows[3].hash[0] ^= 1; });
    EXPECT_TRUE(anew.starts_with("journal of v2, entry 2: it is not the entry")) << anew;
}

TEST(HeadsWalk, KeepsOnlyTheJournalsAsked) {
    test::FakeReader reader;
    for (std::uint32_t vault = 1; vault <= 5; ++vault)
        book(reader, vault, 1);
    HeadsWalk walk(std::vector{VaultId{2}, VaultId{4}, VaultId{9}});
    EXPECT_FALSE(walk.step(reader).value());
    ASSERT_EQ(walk.heads().journals.size(), 2U);
    EXPECT_EQ(walk.heads().journals[1].vault, VaultId{4});
    EXPECT_EQ(walk.heads().trail, ports::ChainHead{});
    EXPECT_FALSE(walk.newest());
}

TEST(AuditWalk, ItReadsPageByPage) {
    const AuditProof proof = proved(trail_of(5'001));
    EXPECT_TRUE(proof.ok()) << proof.problem;
    EXPECT_EQ(proof.rows, 5'001U);
}

// The text that is hashed is a promise to whoever checks a trail without vaultd.
TEST(AuditTrail, TheHashIsThatOfNetstrings) {
    Trail trail{row_number(0)};
    ports::ChainHead head;
    ports::seal(trail, head);
    const std::string text =
        "13:vault-audit/1,1:1,24:2023-11-14T22:13:20.000Z,5:uid:0,1:0,14:vault.allocate,2:v0,"
        "7:refused,22:there is no such thing,13:{\"quiet\":\"0\"},64:" +
        std::string(64, '0') + ",";
    EXPECT_EQ(to_hex(head.hash), to_hex(sha256(text)));
}

void flip(Trail& trail, Random& random) {
    AuditRow& row = trail[random.below(trail.size())];
    const auto change = [&random](std::string& text) {
        if (text.empty()) return text.push_back('x');
        char& letter = text[random.below(text.size())];
        letter = static_cast<char>(letter ^ static_cast<char>(1 + random.below(127)));
    };
    switch (random.below(10)) {
        case 0: row.at += Duration{1 + static_cast<std::int64_t>(random.below(1'000'000))}; break;
        case 1: change(row.actor); break;
        case 2: row.user.value ^= 1U + static_cast<std::uint32_t>(random.below(1'000)); break;
        case 3: change(row.action); break;
        case 4: change(row.object); break;
        case 5: change(row.outcome); break;
        case 6: change(row.message); break;
        case 7: change(row.params_json); break;
        case 8:
            row.hash[random.below(32)] ^= static_cast<std::uint8_t>(1 + random.below(255));
            break;
        default:
            row.prev_hash[random.below(32)] ^= static_cast<std::uint8_t>(1 + random.below(255));
    }
}

// What somebody does who wants it to look right: everything behind his change is chained anew.
void forge(Trail& trail, Random& random) {
    trail[random.below(trail.size())].actor += "?";
    ports::ChainHead head;
    ports::seal(trail, head);
}

void tamper(Trail& trail, std::uint64_t how, Random& random) {
    const std::size_t at = random.below(trail.size());
    const auto place = trail.begin() + static_cast<std::ptrdiff_t>(at);
    switch (how) {
        case 0: flip(trail, random); break;
        case 1: std::swap(trail[at], trail[(at + 1 + random.below(kRows - 1)) % kRows]); break;
        case 2: trail.erase(place); break;
        case 3: std::rotate(trail.begin(), place + (at == 0 ? 1 : 0), trail.end()); break;
        case 4: trail.resize(at); break;                // cut at its end
        case 5: trail.insert(place, trail[at]); break;  // a row twice
        case 6: forge(trail, random); break;
        default: trail = trail_of(1 + random.below(kRows - 1));  // an older state, whole in itself
    }
}

TEST(AuditWalk, TenThousandTamperedTrailsAreAllFound) {
    const std::uint64_t seed = seed_of_run();
    Random random(seed);
    const Trail whole = trail_of(kRows);
    std::array<int, 8> tried{};
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t how = static_cast<std::uint64_t>(i) % tried.size();
        Trail trail = whole;
        tamper(trail, how, random);
        const AuditProof proof = proved(trail, head_of(whole));
        ASSERT_FALSE(proof.ok()) << "kind " << how << ", round " << i << ", seed " << seed;
        ASSERT_TRUE(proof.problem.starts_with("audit trail, row ")) << proof.problem;
        ++tried[how];
    }
    for (std::size_t how = 0; how < tried.size(); ++how)
        RecordProperty("found_" + std::to_string(how), tried[how]);
    RecordProperty("seed", std::to_string(seed));
}

}  // namespace
}  // namespace vault::report
