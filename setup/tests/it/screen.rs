//! As much of a terminal as the wizard uses: what a person would have on the screen, scrolled back to the start.

/// As `play` sets it.
const WIDTH: usize = 120;

/// Lines of text and a cursor.
#[derive(Default)]
pub(crate) struct Screen {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Screen {
    /// What stays visible of a stream of bytes.
    pub(crate) fn render(bytes: &[u8]) -> String {
        let mut screen = Self {
            lines: vec![Vec::new()],
            ..Self::default()
        };
        let text = String::from_utf8_lossy(bytes);
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            match c {
                '\u{1b}' => screen.escape(&mut rest),
                '\n' => screen.down(),
                '\r' => screen.column = 0,
                '\u{8}' => screen.column = screen.column.saturating_sub(1),
                c if c.is_control() => {}
                c => screen.put(c),
            }
        }
        screen.text()
    }

    fn put(&mut self, c: char) {
        if self.column == WIDTH {
            self.down();
            self.column = 0;
        }
        let line = &mut self.lines[self.row];
        if line.len() <= self.column {
            line.resize(self.column + 1, ' ');
        }
        line[self.column] = c;
        self.column += 1;
    }

    fn down(&mut self) {
        self.row += 1;
        if self.row == self.lines.len() {
            self.lines.push(Vec::new());
        }
    }

    fn escape(&mut self, rest: &mut std::str::Chars<'_>) {
        if rest.next() != Some('[') {
            return;
        }
        let mut parameters = String::new();
        let last = loop {
            match rest.next() {
                Some(c @ '@'..='~') => break c,
                Some(c) => parameters.push(c),
                None => return,
            }
        };
        let count = parameters.parse::<usize>().unwrap_or(1).max(1);
        match last {
            'A' => self.row = self.row.saturating_sub(count),
            'B' => (0..count).for_each(|_| self.down()),
            'C' => self.column = (self.column + count).min(WIDTH),
            'D' => self.column = self.column.saturating_sub(count),
            'G' => self.column = count - 1,
            'K' if parameters == "2" => self.lines[self.row].clear(),
            'K' => self.lines[self.row].truncate(self.column),
            'J' => {
                self.lines[self.row].truncate(self.column);
                self.lines.truncate(self.row + 1);
            }
            // Colours, and hiding and showing the cursor.
            _ => {}
        }
    }

    fn text(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| line.iter().collect::<String>().trim_end().to_owned())
            .collect();
        format!("{}\n", lines.join("\n").trim_end())
    }
}

#[test]
fn a_line_that_is_written_over_shows_only_what_came_last() {
    assert_eq!(
        Screen::render(b"name: ab\r\x1b[2Kname: cd\r\nnext"),
        "name: cd\nnext\n"
    );
    assert_eq!(
        Screen::render(b"a\r\nb\r\n\x1b[1A\x1b[0K\x1b[?25hc"),
        "a\nc\n"
    );
}
