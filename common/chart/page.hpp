#pragma once
// A self-contained HTML page: no script, nothing from outside, readable in light and dark and on
// paper. Every text is escaped here; add_figure() takes what draw_svg() made. The same content
// gives the same bytes. A value of its caller; cannot fail.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vault::chart {

// Text as it may stand in HTML and SVG, between tags and inside double quotes. What XML has no
// character for becomes '?'.
std::string escaped(std::string_view text);

struct TableColumn {
    std::string title;
    bool right = false;  // figures
};
struct Table {
    std::vector<TableColumn> columns;
    std::vector<std::vector<std::string>> rows;
};

class Page {
  public:
    explicit Page(std::string_view title);

    void add_note(std::string_view text);
    // Names and values; nothing for none.
    void add_facts(const std::vector<std::pair<std::string, std::string>>& facts);
    // Without a heading if that is empty. A table without rows says so.
    void add_table(std::string_view heading, const Table& table);
    void add_figure(std::string_view svg);

    std::string text() const;

  private:
    std::string title_, body_;
};

}  // namespace vault::chart
