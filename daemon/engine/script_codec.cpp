#include "daemon/engine/script_codec.hpp"

namespace vault::engine {
namespace {

json::array marks_json(const ScriptMarks& marks) {
    return {marks.gap, marks.bought, marks.closed, marks.judge_exits};
}

ScriptMarks read_marks(StateReader& in, std::string_view name) {
    const json::array flags = in.array(name);
    ScriptMarks marks;
    std::size_t i = 0;
    for (bool* const mark : {&marks.gap, &marks.bought, &marks.closed, &marks.judge_exits}) {
        const bool* const flag = i < flags.size() ? flags[i].if_bool() : nullptr;
        if (flag == nullptr) in.fail(name);
        *mark = flag != nullptr && *flag;
        ++i;
    }
    return marks;
}

}  // namespace

json::object save_script(const ScriptUse& script) {
    json::object slots;
    for (const auto& [pair, slot] : script.slots)
        slots[pair.text()] = json::object{{"state", slot.state},
                                          {"marks", marks_json(slot.marks)},
                                          {"shown", marks_json(slot.shown)},
                                          {"asked", slot.asked},
                                          {"buy_word", slot.buy_word},
                                          {"last_sell_word", slot.last_sell_word},
                                          {"sell_word", slot.sell_word}};
    return {{"command", script.setting.command},
            {"folder", script.setting.folder},
            {"deadline", script.setting.deadline.count()},
            {"memory_mib", script.setting.memory_mib},
            {"slots", std::move(slots)}};
}

void load_script(StateReader& outer, Box<ScriptUse>& into) {
    if (!outer.has("script")) return;
    StateReader in{outer.at("script")};
    ScriptUse& script = into.make();
    script.setting.command = in.text("command");
    script.setting.folder = in.text("folder");
    script.setting.deadline = Duration{in.integer("deadline")};
    script.setting.memory_mib = in.count<std::uint64_t>("memory_mib");
    if (!check(script.setting)) in.fail("command");
    const json::object* slots = in.at("slots").if_object();
    if (slots == nullptr) in.fail("slots");
    for (const auto& [name, value] : slots == nullptr ? json::object{} : *slots) {
        StateReader from{value};
        ScriptSlot& slot = script.slots[in.parsed("slots", Pair::parse(name))];
        slot.state = from.text("state");
        slot.marks = read_marks(from, "marks");
        slot.shown = read_marks(from, "shown");
        slot.asked = from.flag("asked");
        slot.buy_word = from.text("buy_word");
        slot.last_sell_word = from.text("last_sell_word");
        slot.sell_word = from.text("sell_word");
        in.adopt(from);
    }
    outer.adopt(in);
}

}  // namespace vault::engine
