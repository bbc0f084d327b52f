#pragma once
// Kraken's names for assets and pairs, and ours. Which id is which asset is read off Kraken's own
// list (Assets) and never guessed from its letters: XETH is ETH, but XTZ and ZRX are themselves.
// Two names are changed by a rule, as Kraken's own new interface does: XBT is BTC, XDG is DOGE.
// Values; any thread. Errors: NotReady for lists that make no sense as a whole; a single entry that
// we have no name for is left out and told.
#include "common/domain/market.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vault::exchange::kraken {

// What a balance of an asset is: by the suffix of its id. Only Spot can be traded; the others are
// shown apart and never added to it.
enum class Holding : std::uint8_t {
    Spot,
    Staked,     // .S
    OptIn,      // .M: opt-in rewards
    Yield,      // .B
    AutoEarn,   // .F: Kraken Rewards
    Tokenized,  // .T
    Held,       // .HOLD
    Parachain,  // .P
};
std::string_view suffix_of(Holding holding);  // ".S"; "" of Spot

struct BalanceName {
    Asset asset;
    Holding holding = Holding::Spot;
    friend bool operator==(const BalanceName&, const BalanceName&) = default;
};

class AssetNames {
  public:
    // Of the result of Assets.
    static Result<AssetNames> read(std::string_view result);

    // An id ("XXBT") or its display name ("XBT"), without a suffix. None: Kraken did not list it.
    std::optional<Asset> asset_of(std::string_view id) const;
    // A key of a balance: "XXBT", "ETH.F", "DOT28.S". What has a suffix may be of an asset that is
    // not listed without one, and then has the name in front of it. None: as above.
    std::optional<BalanceName> balance_of(std::string_view key) const;
    // Kraken's id of an asset of ours ("XXBT"), nullptr if it has none.
    const std::string* id_of(const Asset& asset) const;

    std::size_t size() const { return ids_.size(); }
    // Ids that are left out, each with the reason, in their order.
    const std::vector<std::string>& left_out() const { return left_out_; }

  private:
    void add(const std::string& id, std::string_view altname);

    std::map<std::string, Asset, std::less<>> assets_;  // by id and by display name
    std::map<Asset, std::string> ids_;
    std::vector<std::string> left_out_;
};

struct ListedPair {
    PairRules rules;
    std::string key;      // "XXBTZUSD": what answers are keyed by
    std::string altname;  // "XBTUSD": what requests name, and descr.pair of orders says
    friend bool operator==(const ListedPair&, const ListedPair&) = default;
};

struct PairList {
    std::map<Pair, ListedPair> pairs;
    std::vector<std::string> left_out;  // keys with the reason
};
// Of the result of AssetPairs. A status that we do not know is CancelOnly: the one that neither
// sends an order nor gives one up.
Result<PairList> read_pairs(std::string_view result, const AssetNames& names);

// What a pair or the whole exchange may, by Kraken's word for it. limit_only is Trading, since live
// orders carry a limit. post_only is CancelOnly: only orders that rest are taken, ours are meant to
// match, and nothing matches. None: a word that we do not know.
std::optional<PairStatus> status_of_word(std::string_view word);

}  // namespace vault::exchange::kraken
