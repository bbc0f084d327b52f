#pragma once
// KeyWorld: random lives of API keys. One seed makes two accounts with keys, vaults with every rule
// of choice, and then steps: calls that end well or badly, also late ones, validations of every
// outcome, new keys, rotations, retirements by hand, restarts that forget every timer. Beside it a
// plain model counts what should be true, and after each step everything is compared.
#include "tests/unit/engine/key_desk.hpp"

#include <deque>
#include <map>
#include <random>

namespace vault::engine::test {

class KeyWorld {
  public:
    explicit KeyWorld(std::uint64_t seed);

    // False on the first complaint; failure() then has it, with the seed and the last steps.
    bool run(int steps);
    // From here on every validation finds nothing wrong, people mend what is blocked, and nothing
    // is under way. Then every rotation must come to its end.
    bool heal();
    const std::string& failure() const { return failure_; }
    const std::map<std::string, std::uint64_t>& seen() const { return seen_; }
    const std::vector<ApiKeyRow>& keys() const { return keys_; }
    const std::vector<KeyPolicyRow>& policies() const { return policies_; }

  private:
    // What a key's row must agree with.
    struct Model {
        std::uint64_t calls = 0, errors = 0, auth_in_row = 0;
        std::deque<bool> recent{};  // failed; newest last, 32 at most
        std::uint64_t least_latency = UINT64_MAX, most_latency = 0;
        std::optional<ApiKeyRow> retired{};  // as it was then
    };

    void step();
    void call();
    void validate(ApiKeyId id);
    void validate_due();
    void rotate();
    void add_key(AccountId account);
    void person();

    void apply(ApiKeyId id, const KeyEvent& event);
    void store(const RotationStep& step);
    void rotation_step(ApiKeyId old_key);

    void count(Model& model, const KeyEvent& event);
    void check_step(const ApiKeyRow& before, const KeyEvent& event, const KeyStep& after);
    void check_effects(const ApiKeyRow& before, const KeyEvent& event, const KeyStep& after);
    void check_row(const ApiKeyRow& row);
    void check_choices();
    void check_choice(AccountId account, const KeyPolicyRow& policy);
    std::vector<ApiKeyId> line_of(ApiKeyId pinned) const;

    KeyFindings any_findings();
    KeyFailure any_failure();
    void require(bool holds, const std::string& what);
    void note(const std::string& what);
    ApiKeyRow& row_of(ApiKeyId id) { return keys_[id.value - 1]; }
    ApiKeyId any_key() { return keys_[roll(keys_.size())].id; }
    static AccountId account_of(VaultId vault) { return AccountId{vault.value % 2 + 1}; }
    std::uint64_t roll(std::uint64_t n) { return random_() % n; }
    bool chance(int percent) { return roll(100) < static_cast<std::uint64_t>(percent); }

    std::uint64_t seed_;
    std::mt19937_64 random_;
    UtcTime now_ = kNoon;
    std::vector<ApiKeyRow> keys_;  // of both accounts, by id
    std::map<ApiKeyId, Model> models_;
    std::vector<KeyPolicyRow> policies_;
    std::map<VaultId, std::uint64_t> turns_;
    bool healed_ = false;
    std::deque<std::string> last_;
    std::map<std::string, std::uint64_t> seen_;
    std::string failure_;
};

}  // namespace vault::engine::test
