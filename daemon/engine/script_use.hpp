#pragma once
// What a sleeve whose strategy is a script must remember: which script, and per pair what the
// script wants to be told and has left behind, and the tick that it has not answered. Also what is
// between the shard and whoever runs scripts: asks that go out after a turn, news that come into
// one. Values; part of their Sleeve and World; the shard's thread.
#include "common/domain/ids.hpp"
#include "daemon/ports/script_host.hpp"

#include <map>
#include <memory>
#include <utility>

namespace vault::engine {

// A value on the heap, for what few have: copied with its owner. Null until it is made.
template <class T>
class Box {
  public:
    Box() = default;
    Box(const Box& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Box(Box&&) noexcept = default;
    Box& operator=(const Box& other) {
        if (this != &other) value_ = other ? std::make_unique<T>(*other) : nullptr;
        return *this;
    }
    Box& operator=(Box&&) noexcept = default;
    ~Box() = default;
    T& make() {
        value_ = std::make_unique<T>();
        return *value_;
    }
    void reset() { value_.reset(); }
    explicit operator bool() const { return value_ != nullptr; }
    T& operator*() { return *value_; }
    const T& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    const T* operator->() const { return value_.get(); }

  private:
    std::unique_ptr<T> value_;
};

// What the owner of the sleeve has chosen.
struct ScriptSetting {
    std::string command;  // the program and its words
    std::string folder;   // below the user's folder of scripts; empty: that itself
    Duration deadline{std::chrono::seconds{1}};
    std::uint64_t memory_mib = 512;
    friend bool operator==(const ScriptSetting&, const ScriptSetting&) = default;
};

// What has happened since the last tick that the script answered.
struct ScriptMarks {
    bool gap = false, bought = false, closed = false, judge_exits = false;
    void add(const ScriptMarks& other) {
        gap = gap || other.gap;
        bought = bought || other.bought;
        closed = closed || other.closed;
        judge_exits = judge_exits || other.judge_exits;
    }
};

// What came of an ask.
struct ScriptAnswer {
    std::optional<ports::ScriptDecision> decision;
    ports::ScriptComplaint why;  // without a decision
};

struct ScriptSlot {         // of one pair
    std::string state;      // what the script's last decision left
    ScriptMarks marks;      // not shown yet
    ScriptMarks shown;      // in the tick that is in flight
    bool asked = false;     // a tick is in flight, or was when this was stored
    bool missed = false;    // a price came meanwhile (live only: a replay waits)
    std::uint64_t seq = 0;  // of the tick in flight; 0: it has to be shown again after a load
    std::optional<ScriptAnswer> answer;    // waits for those of the other sleeves
    std::string buy_word, last_sell_word;  // the script's own, of the last decision of each side
    std::string sell_word;                 // of the sale that stands

    // The tick in flight is nobody's any more.
    void forget_tick() {
        marks.add(std::exchange(shown, {}));
        asked = false;
        seq = 0;
        answer.reset();
    }
};

struct ScriptUse {
    ScriptSetting setting;
    std::string name;  // of the process; sleeves with the same setting and user share it
    std::map<Pair, ScriptSlot> slots;
    ports::ScriptTexts params;  // the sleeve's, as the script is shown them
};

// One tick for a script, and whose it is.
struct ScriptAsk {
    std::string script;
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Pair pair;
    ports::ScriptTick tick;
};

struct ScriptNews {
    std::string script;
    std::uint64_t seq = 0;  // of the tick that this answers; 0: about the script itself
    ScriptAnswer answer;
    ports::ScriptStatus status;
};

// How the process fares, as last told. Unknown at first: it waits to be started.
struct ScriptHealth {
    ports::ScriptPhase phase = ports::ScriptPhase::Waiting;
    std::optional<ports::ScriptComplaint> fault;
    bool gave_up() const {
        return phase == ports::ScriptPhase::GaveUp || phase == ports::ScriptPhase::Stopped;
    }
};
std::string fault_text(const ports::ScriptComplaint& fault);  // "late: no decision within 1s"

// Same user, command, folder and limits, same process; else none of it is shared.
std::string script_name(UserId user, const ScriptSetting& setting);
// The words of the command. Errors: InvalidParams naming command.
Result<std::vector<std::string>> command_words(const std::string& command);
// Errors: InvalidParams naming the field.
Result<void> check(const ScriptSetting& setting);

}  // namespace vault::engine
