#pragma once
// Risk caps for people. Private to this room. Pure; any thread.
#include "cli/render/render.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace vault::render {

// Each trip of risk.test with its arithmetic below it, then what happened in truth.
std::string risk_test_page(const json::object& data, const Look& look);

}  // namespace vault::render
