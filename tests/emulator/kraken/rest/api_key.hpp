#pragma once
// API keys: what each may do, its nonce, its rate counter and its lockout. admit() makes the checks
// of a private call in the order of reference kraken.md, section 2. One thread.
#include "tests/emulator/kraken/exchange/exchange.hpp"
#include "tests/emulator/kraken/rest/message.hpp"
#include "tests/emulator/kraken/rest/params.hpp"

#include <array>
#include <bitset>
#include <deque>
#include <initializer_list>

namespace vault::kraken_emulator {

enum class Permission : std::uint8_t {
    QueryFunds,
    AddFunds,
    WithdrawFunds,
    EarnFunds,
    QueryOpenTrades,
    QueryClosedTrades,
    ModifyTrades,
    CloseTrades,
    QueryLedger,
    ExportData,
    CreateWsToken,
    AddWithdrawAddress,
    UpdateWithdrawAddress,
};
inline constexpr std::size_t kPermissions = 13;
std::string_view to_text(Permission permission);  // "query-funds"
std::optional<Permission> parse_permission(std::string_view text);

class PermissionSet {
  public:
    PermissionSet() = default;
    PermissionSet(std::initializer_list<Permission> all) {
        for (const Permission each : all)
            add(each);
    }
    void add(Permission permission) { bits_.set(static_cast<std::size_t>(permission)); }
    bool has(Permission permission) const { return bits_[static_cast<std::size_t>(permission)]; }
    bool has_any_of(const PermissionSet& wanted) const { return (bits_ & wanted.bits_).any(); }
    bool empty() const { return bits_.none(); }

  private:
    std::bitset<kPermissions> bits_;
};

struct ApiKey {
    std::string name;
    std::string key;     // public part
    std::string secret;  // base64
    AccountNo account = 0;
    PermissionSet permissions;
    std::uint64_t nonce_window = 0;  // 0: every nonce must be higher than all before
    Moment created = kNever;
    bool revoked = false;

    std::uint64_t nonce = 0;  // highest seen
    Moment last_used = kNever;
    DecayingCount calls;
};

class KeyDesk {
  public:
    // So many wrong keys, signatures or nonces in a row lock a key out for a while.
    static constexpr int kWrongMost = 10;
    static constexpr Span kLockout = std::chrono::minutes{15};

    ApiKey& add(ApiKey key);
    // Null: no key of that name.
    ApiKey* find_name(std::string_view name);
    const std::deque<ApiKey>& all() const { return keys_; }

    // The key that signed this request. It is not asked yet what the key may do.
    Answer<ApiKey*> admit(const Request& request, const Params& params, Moment now);
    // Counts a call of that weight; a refused one counts too.
    static Answer<void> charge(ApiKey& key, std::int64_t points, Tier tier, Moment now);

  private:
    struct Wrong {
        int in_row = 0;
        Moment locked_until = kNever;
    };
    Refusal wrong(const std::string& key, std::string_view text, Moment now);
    Answer<ApiKey*> checked(const Request& request, const Params& params, Moment now);

    std::deque<ApiKey> keys_;
    std::map<std::string, Wrong> wrong_;  // by presented key
};

}  // namespace vault::kraken_emulator
