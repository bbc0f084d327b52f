#pragma once
// A report as a page of its own (common/chart/page.hpp): its figures, then each of its lists as a
// table with the columns of the terminal's, no place of a decimal cut. Pure; any thread; cannot
// fail.
#include "cli/render/render.hpp"

namespace vault::render {

std::string html_page(const Document& document);

}  // namespace vault::render
