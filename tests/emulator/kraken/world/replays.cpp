#include "tests/emulator/kraken/world/replays.hpp"

#include "tests/emulator/kraken/market/replay.hpp"
#include "tests/emulator/kraken/wire/number_text.hpp"

#include <algorithm>

namespace vault::kraken_emulator {

Result<PlannedReplay> plan_replay(const Instruments& instruments, std::string_view pair,
                                  const std::string& file, std::optional<Moment> from) {
    const auto found = instruments.find_pair(pair);
    if (!found)
        return Error{Errc::InvalidParams, std::string{pair} + " is not listed", "pair",
                     "as in AssetPairs: \"XBTUSD\""};
    VAULT_TRY(Recording recording, read_recording(file));
    PlannedReplay out;
    out.pair = *found;
    out.row = from ? recording.row_from(*from) : 0;
    if (out.row == recording.rows())
        return Error{Errc::InvalidParams, file + " ends before that time", "from",
                     "its last row is at " + rfc3339(recording.time_of(out.row - 1), 0)};
    out.recording = std::make_shared<const Recording>(std::move(recording));
    return out;
}

Result<PlannedReplay> parse_replay(const Instruments& instruments, std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos)
        return Error{Errc::Usage, "--replay is PAIR=FILE or PAIR=FILE@TIME"};
    const std::string_view file = text.substr(equals + 1);
    const std::size_t at = file.rfind('@');
    const auto from =
        at == std::string_view::npos ? std::nullopt : parse_rfc3339(file.substr(at + 1));
    return plan_replay(instruments, text.substr(0, equals),
                       std::string{from ? file.substr(0, at) : file}, from);
}

Moment begin_of(std::span<const PlannedReplay> replays) {
    return std::min_element(
               replays.begin(), replays.end(),
               [](const PlannedReplay& a, const PlannedReplay& b) { return a.first() < b.first(); })
        ->first();
}

Instruments priced(Instruments instruments, std::span<const PlannedReplay> replays) {
    for (const PlannedReplay& each : replays) {
        PairInfo& pair = instruments.pair(each.pair);
        pair.start_price = nearest_tick(pair, each.recording->price_of(each.row));
    }
    return instruments;
}

Moment next_begin(const PlannedReplay& replay, Moment now) {
    const Span interval = replay.recording->interval;
    if (interval == Span::zero()) return now;
    const Span late = now.time_since_epoch() % interval;
    return late == Span::zero() ? now : now + (interval - late);
}

std::unique_ptr<TradeSource> source_of(const PlannedReplay& replay, const PairInfo& pair,
                                       Span shift, Moment earliest) {
    const std::size_t row = std::min(replay.row, replay.recording->row_from(earliest - shift));
    return std::make_unique<Replay>(replay.pair, pair, replay.recording, row, shift);
}

}  // namespace vault::kraken_emulator
