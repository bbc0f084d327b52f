// Accounts, users, jobs and the daemon itself; vaults and their sleeves are in state_codec.cpp.
#include "daemon/engine/level_codec.hpp"
#include "daemon/engine/state_codec.hpp"
#include "daemon/engine/state_text.hpp"

namespace vault::engine {
namespace {

json::object replay_json(const Replay& replay) {
    const ports::FeedSource& source = replay.source;
    return {{"name", source.name},
            {"pair", source.pair.text()},
            {"interval", source.interval.count()},
            {"close_path", source.close_path},
            {"seed", std::to_string(source.seed)},
            {"from", optional_ms(source.from)},
            {"to", optional_ms(source.to)},
            {"fingerprint", source.fingerprint},
            {"state", static_cast<int>(replay.state)},
            {"until", optional_ms(replay.until)},
            {"speed", optional_text(replay.speed)},
            {"position", replay.feed ? replay.feed->position() : 0}};
}

json::array tick_json(const Tick& tick) {
    return {ms_of(tick.time), text_of(tick.price.value), tick.position};
}

// The last price of each pair: a position of a market that stands still is valued by it.
json::object last_json(const Market& market) {
    json::object last;
    for (const auto& [pair, at] : market.pairs)
        if (at.last) last[pair.text()] = tick_json(*at.last);
    return last;
}

// Of the pairs whose windows do not simply hold their feed.
json::object pasts_json(const Market& market) {
    json::object pasts;
    for (const auto& [pair, at] : market.pairs) {
        const FeedPast& past = at.past;
        if (past == FeedPast{}) continue;
        pasts[pair.text()] =
            json::object{{"since", past.since},
                         {"since_time", ms_of(past.since_time)},
                         {"holes", json::array(past.holes.begin(), past.holes.end())},
                         {"begins_anew", past.begins_anew},
                         {"unanchored", past.unanchored},
                         {"agreeing", past.agreeing},
                         {"refused", past.refused ? json::value(tick_json(*past.refused))
                                                  : json::value(nullptr)}};
    }
    return pasts;
}

Tick read_tick(StateReader& in, std::string_view name, const json::value& value) {
    const json::array* fields = value.if_array();
    const json::string* price =
        fields != nullptr && fields->size() == 3 ? (*fields)[1].if_string() : nullptr;
    if (price == nullptr) {
        in.fail(name);
        return {};
    }
    Tick tick;
    tick.time = UtcTime{Duration{in.number(name, (*fields)[0])}};
    tick.price = Price{in.parsed(name, Decimal::parse(*price))};
    tick.position = static_cast<std::uint64_t>(in.number(name, (*fields)[2]));
    return tick;
}

FeedPast read_past(StateReader& in) {
    FeedPast past;
    past.since = in.count<std::uint64_t>("since");
    if (in.has("since_time")) past.since_time = in.time("since_time");
    for (const json::value& hole : in.array("holes"))
        past.holes.push_back(static_cast<std::uint64_t>(in.number("holes", hole)));
    past.begins_anew = in.flag("begins_anew");
    past.unanchored = in.flag("unanchored");
    if (!in.at("refused").is_null()) past.refused = read_tick(in, "refused", in.at("refused"));
    // Once the next price was enough, and nothing was counted.
    past.agreeing = in.has("agreeing") ? in.count<std::uint32_t>("agreeing")
                    : past.refused     ? 1U
                                       : 0U;
    return past;
}

// Calls f(pair, value) for each pair that the object names.
template <class F>
void each_pair(StateReader& in, std::string_view name, F&& f) {
    const json::object* found = in.at(name).if_object();
    if (found == nullptr) return in.fail(name);
    for (const auto& [key, value] : *found)
        f(in.parsed(name, Pair::parse(key)), value);
}

std::map<Pair, PairMemory> read_pairs(StateReader& in) {
    std::map<Pair, PairMemory> pairs;
    each_pair(in, "last", [&](const Pair& pair, const json::value& value) {
        pairs[pair].last = read_tick(in, "last", value);
    });
    // An account that was stored before prices were refused has no such past.
    if (!in.has("pasts")) return pairs;
    each_pair(in, "pasts", [&](const Pair& pair, const json::value& value) {
        StateReader from{value};
        pairs[pair].past = read_past(from);
        in.adopt(from);
    });
    return pairs;
}

json::object preset_json(const Preset& preset) {
    return {{"name", preset.name},
            {"base", preset.base},
            {"settings", texts_json(preset.settings)},
            {"note", preset.note},
            {"created_by", preset.created_by},
            {"created_at", optional_ms(preset.created_at)}};
}

Preset read_preset(StateReader& in) {
    Preset preset{in.text("name"), in.text("base"),       read_texts(in, "settings"),
                  in.text("note"), in.text("created_by"), read_optional_time(in, "created_at")};
    if (!params_of(preset)) in.fail("settings");
    return preset;
}

json::object ignored_json(const std::map<Asset, Decimal>& ignored) {
    json::object out;
    for (const auto& [asset, amount] : ignored)
        out[asset.text()] = text_of(amount);
    return out;
}

// An account that was stored before anything could be ignored has nothing of that.
std::map<Asset, Decimal> read_ignored(StateReader& in) {
    std::map<Asset, Decimal> ignored;
    if (!in.has("ignored")) return ignored;
    for (const auto& [asset, amount] : read_texts(in, "ignored"))
        ignored[in.parsed("ignored", Asset::parse(asset))] =
            in.parsed("ignored", Decimal::parse(amount));
    return ignored;
}

json::array times_json(const std::vector<UtcTime>& times) {
    json::array out;
    for (const UtcTime time : times)
        out.push_back(ms_of(time));
    return out;
}

// An account that was stored before its orders were counted has sent none.
std::vector<UtcTime> read_sent(StateReader& in) {
    std::vector<UtcTime> sent;
    for (const json::value& at : in.has("sent") ? in.array("sent") : json::array{})
        sent.push_back(UtcTime{Duration{in.number("sent", at)}});
    return sent;
}

}  // namespace

std::string save_account(const World& world, const Account& account) {
    return json::serialize(json::object{{"venue", account.venue.save()},
                                        {"now", ms_of(world.market_of(account).now)},
                                        {"last", last_json(world.market_of(account))},
                                        {"pasts", pasts_json(world.market_of(account))},
                                        {"replay", replay_json(account.replay)},
                                        {"ignored", ignored_json(account.ignored)},
                                        {"sent", times_json(account.sent)},
                                        {"removed", account.removed}});
}

Result<AccountMemory> load_account(std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
    const std::string venue_text = in.text("venue");
    StateReader from{in.at("replay")};
    Replay replay;
    ports::FeedSource& source = replay.source;
    source.name = from.text("name");
    source.interval = Duration{from.integer("interval")};
    source.close_path = from.flag("close_path");
    source.seed = std::strtoull(from.text("seed").c_str(), nullptr, 10);
    source.from = read_optional_time(from, "from");
    source.to = read_optional_time(from, "to");
    source.fingerprint = from.text("fingerprint");
    replay.state = from.enumerator("state", ReplayState::Stopped);
    if (!source.name.empty()) source.pair = from.parsed("pair", Pair::parse(from.text("pair")));
    replay.until = read_optional_time(from, "until");
    replay.speed = read_optional(from, "speed");
    const auto position = from.count<std::uint64_t>("position");
    in.adopt(from);
    const UtcTime now = in.time("now");
    std::map<Pair, PairMemory> pairs = read_pairs(in);
    std::map<Asset, Decimal> ignored = read_ignored(in);
    std::vector<UtcTime> sent = read_sent(in);
    const bool removed = in.has("removed") && in.flag("removed");
    VAULT_TRYV(in.result("account"));
    VAULT_TRY(exchange::SimVenue venue, exchange::SimVenue::load(venue_text));
    return AccountMemory{std::move(venue), std::move(replay),  position,        now,
                         std::move(pairs), std::move(ignored), std::move(sent), removed};
}

std::string save_user(const User& user) {
    json::array presets;
    for (const auto& [name, preset] : user.presets)
        presets.push_back(preset_json(preset));
    return json::serialize(json::object{{"hold", hold_json(user.hold)},
                                        {"presets", std::move(presets)},
                                        {"risk", texts_json(save_level(user.risk))}});
}

Result<void> load_user(User& user, std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
    user.hold = read_hold(in, "hold");
    // A user who was stored before there were presets has none.
    for (const json::value& preset : in.has("presets") ? in.array("presets") : json::array{}) {
        StateReader from{preset};
        Preset one = read_preset(from);
        in.adopt(from);
        std::string name = one.name;
        user.presets.emplace(std::move(name), std::move(one));
    }
    const Texts risk = in.has("risk") ? read_texts(in, "risk") : Texts{};
    VAULT_TRYV(in.result("user"));
    return load_level(user.risk, risk);
}

std::string save_job(const Job& job) {
    return json::serialize(json::object{{"id", job.id.value},
                                        {"method", job.method},
                                        {"object", job.object},
                                        {"by", job.by},
                                        {"started_at", ms_of(job.started_at)},
                                        {"ended_at", optional_ms(job.ended_at)},
                                        {"state", static_cast<int>(job.state)}});
}

Result<Job> load_job(std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
    Job job;
    job.id = JobId{in.count<std::uint32_t>("id")};
    job.method = in.text("method");
    job.object = in.text("object");
    job.by = in.text("by");
    job.started_at = in.time("started_at");
    job.ended_at = read_optional_time(in, "ended_at");
    job.state = in.enumerator("state", JobState::Canceled);
    VAULT_TRYV(in.result("job"));
    return job;
}

namespace {

json::object standings_json(const Catalogue& catalogue) {
    json::object standings;
    for (const auto& [pair, standing] : catalogue.standings)
        standings[pair.text()] =
            json::object{{"status", to_text(standing.status)}, {"since", ms_of(standing.since)}};
    return standings;
}

// A daemon that was stored before pairs had a status knows of none.
void read_standings(Catalogue& catalogue, StateReader& in) {
    if (!in.has("standings")) return;
    each_pair(in, "standings", [&](const Pair& pair, const json::value& value) {
        StateReader from{value};
        catalogue.standings[pair] = {from.parsed("status", parse_pair_status(from.text("status"))),
                                     from.time("since")};
        in.adopt(from);
    });
}

json::object rules_json(const PairRules& rules) {
    json::object out{{"tick", text_of(rules.tick)},
                     {"lot", text_of(rules.lot)},
                     {"min_cost", text_of(rules.min_cost)},
                     {"min_quantity", text_of(rules.min_quantity)}};
    if (rules.renamed_to) out["renamed_to"] = rules.renamed_to->text();
    return out;
}

PairRules read_rules(const Pair& pair, StateReader& from) {
    PairRules rules{pair, from.decimal("tick"), from.decimal("lot"), from.decimal("min_cost"),
                    from.decimal("min_quantity")};
    if (from.has("renamed_to"))
        rules.renamed_to = from.parsed("renamed_to", Pair::parse(from.text("renamed_to")));
    return rules;
}

// What live exchanges list; that of paper is the configuration's.
json::object listings_json(const World& world) {
    json::object out;
    for (const auto& [exchange, catalogue] : world.catalogues) {
        if (exchange == kPaper) continue;
        json::object pairs;
        for (const auto& [pair, rules] : catalogue.pairs)
            pairs[pair.text()] = rules_json(rules);
        out[exchange] = {{"pairs", pairs}, {"standings", standings_json(catalogue)}};
    }
    return out;
}

// A daemon that was stored before it knew live exchanges has none.
void read_listings(World& world, StateReader& in) {
    if (!in.has("listings")) return;
    const json::object* const listings = in.at("listings").if_object();
    if (listings == nullptr) return in.fail("listings");
    for (const auto& [exchange, value] : *listings) {
        Catalogue& catalogue = world.catalogues[std::string{exchange}];
        StateReader from{value};
        read_standings(catalogue, from);
        each_pair(from, "pairs", [&](const Pair& pair, const json::value& rules) {
            StateReader one{rules};
            PairRules& read = catalogue.pairs[pair] = read_rules(pair, one);
            const auto standing = catalogue.standings.find(pair);
            if (standing != catalogue.standings.end()) read.status = standing->second.status;
            from.adopt(one);
        });
        in.adopt(from);
    }
}

}  // namespace

std::string save_daemon(const World& world) {
    return json::serialize(
        json::object{{"hold", hold_json(world.daemon_hold)},
                     {"risk", texts_json(save_level(world.daemon_risk))},
                     {"risk_asset", world.summed_in.text()},
                     {"standings", standings_json(world.catalogues.find(kPaper)->second)},
                     {"listings", listings_json(world)}});
}

Result<void> load_daemon(World& world, std::string_view body) {
    const json::value value = parse_state(body);
    StateReader in{value};
    world.daemon_hold = read_hold(in, "hold");
    const Texts risk = in.has("risk") ? read_texts(in, "risk") : Texts{};
    if (in.has("risk_asset") && !in.text("risk_asset").empty())
        world.summed_in = in.parsed("risk_asset", Asset::parse(in.text("risk_asset")));
    read_standings(world.catalogues.find(kPaper)->second, in);
    read_listings(world, in);
    VAULT_TRYV(in.result("daemon"));
    return load_level(world.daemon_risk, risk);
}

}  // namespace vault::engine
