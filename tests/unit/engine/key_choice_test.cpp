// Which key a vault's call goes out with, and how a key takes another's place.
#include "tests/unit/engine/key_desk.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vault::engine::test {
namespace {

using Keys = std::vector<ApiKeyRow>;
using S = KeyState;

constexpr VaultId kV1{1};

Keys keys_in(std::initializer_list<KeyState> states) {
    Keys keys;
    for (const KeyState state : states)
        keys.push_back(row_in(state, static_cast<std::uint32_t>(keys.size() + 1)));
    return keys;
}

KeyPolicyRow rule(KeyPolicy policy, std::uint32_t pinned = 0) {
    KeyPolicyRow row{.vault = kV1, .policy = policy};
    if (pinned != 0) row.pinned = ApiKeyId{pinned};
    return row;
}

// The chosen key's number; 0: none.
std::uint32_t chosen(const Keys& keys, const KeyPolicyRow& policy, std::uint64_t turn = 0) {
    const auto choice = choose_key(keys, kKeyAccount, policy, turn);
    return choice ? choice.value().value : 0;
}
std::string why_none(const Keys& keys, const KeyPolicyRow& policy) {
    const auto choice = choose_key(keys, kKeyAccount, policy, 0);
    if (choice) return "chosen " + to_text(choice.value());
    EXPECT_EQ(choice.error().code(), Errc::WrongState);
    return choice.error().message() + " -> " + choice.error().hint();
}

TEST(KeyChoice, RoundRobinTakesTheUsableOnesInTurn) {
    Keys keys = keys_in({S::Valid, S::New, S::Degraded, S::Quarantined, S::Retired, S::Valid});
    keys.push_back(row_in(S::Valid, 9));
    keys.back().account = AccountId{2};
    std::vector<std::uint32_t> order;
    for (std::uint64_t turn = 0; turn < 6; ++turn)
        order.push_back(chosen(keys, rule(KeyPolicy::RoundRobin), turn));
    EXPECT_EQ(order, (std::vector<std::uint32_t>{1, 3, 6, 1, 3, 6}));
    std::swap(keys[0], keys[5]);
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::RoundRobin), 1), 3U) << "the order of rows is no matter";
}

TEST(KeyChoice, HealthTakesFewestErrorsThenMostBudgetThenLowestId) {
    Keys keys = keys_in({S::Valid, S::Degraded, S::Valid, S::Quarantined});
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 1U);
    keys[0].health.rate_left_pct = 40;
    keys[1].health.rate_left_pct = 60;
    keys[2].health.rate_left_pct = 60;
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 2U);
    keys[2].health.rate_left_pct.reset();
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 3U) << "not known counts as all of it";
    keys[2].health.recent = 0b100;
    keys[1].health.recent = 0b11;
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 1U);
    keys[0].health.recent = 0b1111;
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 3U);
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health), 7), 3U) << "whatever the turn";
}

TEST(KeyChoice, PinnedTakesThatOneOrNone) {
    Keys keys = keys_in({S::Valid, S::Degraded, S::Valid});
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Pinned, 2)), 2U);
    keys[1].state = S::Quarantined;
    keys[1].state_reason = "refused 3 times in a row";
    EXPECT_EQ(why_none(keys, rule(KeyPolicy::Pinned, 2)),
              "the pinned API key k2 is quarantined (refused 3 times in a row) -> vaultctl key "
              "validate k2; or vaultctl key policy v1 health, or pin another key");
    keys[1].state = S::Retired;
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Pinned, 2)), 0U);
    EXPECT_EQ(
        why_none(keys, rule(KeyPolicy::Pinned, 7)),
        "the pinned API key k7 is none of account a1 -> vaultctl key policy v1 health, or pin "
        "another key");
    keys[2].account = AccountId{2};
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Pinned, 3)), 0U);
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Pinned)), 0U);
}

TEST(KeyChoice, TellsWhyThereIsNone) {
    Keys keys = keys_in({S::Retired, S::New, S::Quarantined});
    keys[0].state_reason = "by alice";
    keys[2].state_reason = "it may not trade";
    for (const KeyPolicy policy : {KeyPolicy::RoundRobin, KeyPolicy::Health})
        EXPECT_EQ(
            why_none(keys, rule(policy)),
            "no API key of account a1 can be used: k1 is retired (by alice); k2 is new (not "
            "validated yet); k3 is quarantined (it may not trade) -> vaultctl key validate k2");
    EXPECT_EQ(why_none({}, rule(KeyPolicy::Health)),
              "account a1 has no API key -> vaultctl key add --account a1");
    EXPECT_EQ(
        why_none(keys_in({S::Retired}), rule(KeyPolicy::Health)),
        "no API key of account a1 can be used: k1 is retired -> vaultctl key add --account a1");
}

constexpr std::array kEveryRule{KeyPolicy::RoundRobin, KeyPolicy::Health, KeyPolicy::Pinned};

TEST(KeyChoice, AReplacementIsPickedAsSoonAsItCanBeUsedAndNoLonger) {
    Keys keys = keys_in({S::Valid, S::New});
    keys[0].replaced_by = ApiKeyId{2};
    for (const KeyPolicy policy : kEveryRule) {
        for (const std::uint32_t pinned : {1U, 2U}) {  // before and after the pin moved
            const auto choice = [&] {
                return chosen(keys, rule(policy, policy == KeyPolicy::Pinned ? pinned : 0), 1);
            };
            keys[1].state = S::New;
            EXPECT_EQ(choice(), 1U);
            keys[1].state = S::Valid;
            EXPECT_EQ(choice(), 2U);
            keys[1].state = S::Quarantined;
            EXPECT_EQ(choice(), 1U);
            keys[1].state = S::Retired;
            EXPECT_EQ(choice(), 1U);
        }
    }
}

TEST(KeyChoice, RowsThatMakeNoSenseLeadNowhere) {
    Keys keys = keys_in({S::Valid, S::Valid});
    keys[0].replaced_by = ApiKeyId{2};
    keys[1].replaced_by = ApiKeyId{1};  // a circle
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::Health)), 2U);
    keys[0].replaced_by = ApiKeyId{1};
    EXPECT_NE(chosen(keys, rule(KeyPolicy::Pinned, 1)), 0U);
    keys[0].replaced_by = ApiKeyId{8};  // is gone
    keys[1].state = S::Retired;
    EXPECT_EQ(chosen(keys, rule(KeyPolicy::RoundRobin)), 1U);
}

// A desk that stores what a step says.
struct Rotation {
    Keys keys = keys_in({S::Valid, S::New});
    std::vector<KeyPolicyRow> policies{rule(KeyPolicy::Pinned, 1)};
    std::uint64_t in_flight = 2;

    void begin() { keys[0] = begin_rotation(keys, ApiKeyId{1}, ApiKeyId{2}).value(); }
    RotationStep step() {
        RotationStep next = next_rotation_step(keys, policies, ApiKeyId{1}, in_flight, kNoon);
        for (const ApiKeyRow& row : next.keys)
            *std::ranges::find(keys, row.id, &ApiKeyRow::id) = row;
        for (const KeyPolicyRow& row : next.policies)
            *std::ranges::find(policies, row.vault, &KeyPolicyRow::vault) = row;
        return next;
    }
};

TEST(KeyRotation, AddValidateMoveDrainRetire) {
    using R = RotationStage;
    Rotation rotation;
    rotation.policies.push_back({.vault = VaultId{2}, .policy = KeyPolicy::Health});
    rotation.begin();
    const Keys begun = rotation.keys;
    EXPECT_EQ(rotation.step().stage, R::Validating);
    EXPECT_EQ(rotation.keys, begun);
    rotation.keys[1] = next_key(rotation.keys[1], ev::Validated{fit()}, kNoon).row;
    const RotationStep moved = rotation.step();
    EXPECT_EQ(moved.stage, R::MovingVaults);
    EXPECT_EQ(moved.policies.size(), 1U);
    EXPECT_EQ(rotation.policies[0].pinned, ApiKeyId{2});
    const RotationStep draining = rotation.step();
    EXPECT_EQ(draining.stage, R::Draining);
    EXPECT_EQ(draining.why, "2 under way with k1");
    EXPECT_TRUE(draining.is_waiting());
    EXPECT_EQ(rotation.keys[0].state, S::Valid);
    rotation.in_flight = 0;
    EXPECT_EQ(rotation.step().stage, R::Retiring);
    EXPECT_EQ(rotation.keys[0].state, S::Retired);
    EXPECT_EQ(rotation.keys[0].state_reason, "replaced by k2");
    const RotationStep done = rotation.step();
    EXPECT_EQ(done.stage, R::Done);
    EXPECT_TRUE(done.is_waiting());
}

TEST(KeyRotation, ANewKeyThatIsRefusedBlocksItAndTheOldOneTradesOn) {
    Rotation rotation;
    rotation.begin();
    KeyFindings findings = fit();
    findings.rights.withdraw = true;
    rotation.keys[1] = next_key(rotation.keys[1], ev::Validated{findings}, kNoon).row;
    const RotationStep blocked = rotation.step();
    EXPECT_EQ(blocked.stage, RotationStage::Blocked);
    EXPECT_NE(blocked.why.find("k2 is new: it can withdraw"), std::string::npos) << blocked.why;
    EXPECT_NE(blocked.why.find("vaultctl key retire k2"), std::string::npos) << blocked.why;
    EXPECT_EQ(chosen(rotation.keys, rotation.policies[0]), 1U);
}

TEST(KeyRotation, ANewKeyThatIsRetiredIsGivenUpAndItsVaultsComeBack) {
    Rotation rotation;
    rotation.begin();
    rotation.keys[1] = next_key(rotation.keys[1], ev::Validated{fit()}, kNoon).row;
    rotation.step();
    EXPECT_EQ(rotation.policies[0].pinned, ApiKeyId{2});
    rotation.keys[1] = next_key(rotation.keys[1], ev::Retire{"by alice"}, kNoon).row;
    EXPECT_EQ(chosen(rotation.keys, rotation.policies[0]), 1U);
    const RotationStep step = rotation.step();
    EXPECT_EQ(step.stage, RotationStage::Abandoned);
    EXPECT_EQ(step.why, "k2 was given up; k1 stays");
    EXPECT_EQ(rotation.keys[0].replaced_by, std::nullopt);
    EXPECT_EQ(rotation.policies[0].pinned, ApiKeyId{1});
    EXPECT_EQ(chosen(rotation.keys, rotation.policies[0]), 1U);
}

TEST(KeyRotation, AnOldKeyThatIsRetiredByHandLeavesItsVaultsToTheNewOne) {
    Rotation rotation;
    rotation.begin();
    rotation.keys[0] = next_key(rotation.keys[0], ev::Retire{"by alice"}, kNoon).row;
    EXPECT_EQ(rotation.step().stage, RotationStage::Validating);
    rotation.keys[1] = next_key(rotation.keys[1], ev::Validated{fit()}, kNoon).row;
    EXPECT_EQ(rotation.step().stage, RotationStage::MovingVaults);
    EXPECT_EQ(rotation.step().stage, RotationStage::Done);
    rotation.keys.pop_back();  // removed later
    EXPECT_EQ(rotation.step().stage, RotationStage::Done);
}

std::string refusal(const Keys& keys, std::uint32_t from, std::uint32_t to) {
    const auto row = begin_rotation(keys, ApiKeyId{from}, ApiKeyId{to});
    if (row) return "begun";
    EXPECT_EQ(row.error().field(), "key");
    EXPECT_NE(row.error().hint(), "");
    return row.error().message();
}

TEST(KeyRotation, OneAtATimeAndForwardOnly) {
    Keys keys = keys_in({S::Valid, S::New, S::New, S::Retired, S::New, S::New});
    keys[4].account = AccountId{2};
    keys[5].user = UserId{2};
    EXPECT_EQ(refusal(keys, 1, 2), "begun");
    EXPECT_EQ(refusal(keys, 2, 1), "k1 was not added after k2");
    EXPECT_EQ(refusal(keys, 1, 1), "k1 was not added after k1");
    EXPECT_EQ(refusal(keys, 1, 4), "k4 is retired");
    EXPECT_EQ(refusal(keys, 1, 5), "k5 is a key of another account than k1");
    EXPECT_EQ(refusal(keys, 1, 6), "there is no API key k6") << "nobody learns of others' keys";
    EXPECT_EQ(refusal(keys, 1, 7), "there is no API key k7");
    EXPECT_EQ(refusal(keys, 7, 1), "there is no API key k7");
    keys[0] = begin_rotation(keys, ApiKeyId{1}, ApiKeyId{2}).value();
    EXPECT_EQ(begin_rotation(keys, ApiKeyId{1}, ApiKeyId{2}).value(), keys[0]) << "asked twice";
    for (const auto& [from, to] : {std::pair{1U, 3U}, {2U, 3U}})
        EXPECT_EQ(refusal(keys, from, to), "k1 is being replaced by k2 already");
    keys[2].replaced_by = ApiKeyId{6};
    keys[5].user = UserId{1};
    EXPECT_EQ(refusal(keys, 2, 6), "k1 is being replaced by k2 already");
    keys[0].state = S::Retired;
    EXPECT_EQ(refusal(keys, 2, 6), "k3 is being replaced by k6 already");
    keys[2].replaced_by.reset();
    EXPECT_EQ(refusal(keys, 2, 3), "begun") << "the first rotation is over";
}

TEST(KeyRotation, HasNamesForItsStages) {
    EXPECT_EQ(to_text(RotationStage::MovingVaults), "moving_vaults");
    EXPECT_EQ(to_text(RotationStage::Done), "done");
}

}  // namespace
}  // namespace vault::engine::test
