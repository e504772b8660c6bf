-- Neovim, headless: the old one of Debian and the newest. What differs between the two stands in `version`.
-- `nvim --headless -u INIT -c 'luafile neovim.lua'` in the project's folder, where INIT is the text of docs/editors.md.

local PATIENCE = 20000 -- milliseconds that anything may take on a busy machine
local is_new = vim.fn.has('nvim-0.11') == 1

local function fail(what) error(what, 0) end

local function wait(what, is_so)
  if not vim.wait(PATIENCE, is_so, 10) then
    fail('waited in vain for ' .. what)
  end
end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read('*a')
  file:close()
  return text
end

local version = is_new and {
  clients = function() return vim.lsp.get_clients({ bufnr = 0 }) end,
  stop = function(client) client:stop() end,
  is_stopped = function(client) return client:is_stopped() end,
  exit = function(client) client:notify('exit') end,
  format = function() vim.lsp.buf.format({ timeout_ms = PATIENCE }) end,
  code_action = function() vim.lsp.buf.code_action({ context = { only = { 'quickfix' } } }) end,
  action_of = function(item) return item.action end,
} or {
  clients = function() return vim.lsp.buf_get_clients(0) end,
  stop = function(client) client.stop() end,
  is_stopped = function(client) return client.is_stopped() end,
  exit = function(client) client.notify('exit') end,
  format = function() vim.lsp.buf.formatting_sync(nil, PATIENCE) end,
  code_action = function() vim.lsp.buf.code_action({ only = { 'quickfix' } }) end,
  action_of = function(item) return item[2] end,
}

local function client()
  local _, first = next(version.clients())
  return first
end

local function text_of(buffer) return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), '\n') .. '\n' end

-- Findings as Neovim draws them: columns are bytes, whatever was spoken of with the server.
local function findings(count)
  if not count then return nil end
  vim.wait(PATIENCE, function() return #vim.diagnostic.get(0) == count end, 10)
  local found = {}
  for _, it in ipairs(vim.diagnostic.get(0)) do
    local under = vim.api.nvim_buf_get_text(0, it.lnum, it.col, it.end_lnum, it.end_col, {})
    table.insert(found, {
      line = it.lnum + 1, column = it.col, unit = 'utf-8', text = table.concat(under, '\n'), says = it.message,
    })
  end
  return found
end

local function texts()
  local all = {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':.')
    if vim.api.nvim_buf_is_loaded(buffer) and name:match('%.lql$') then all[name] = text_of(buffer) end
  end
  return all
end

-- Row from 0, columns in bytes from 0: where a text begins and ends.
local function place(needle)
  for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, true)) do
    local first, last = line:find(needle, 1, true)
    if first then return row - 1, first - 1, last end
  end
  fail('no ' .. needle)
end

local function put_cursor(needle, is_behind)
  local row, first, last = place(needle)
  vim.api.nvim_win_set_cursor(0, { row + 1, is_behind and last or first })
end

local function until_changed(what, change)
  local before = vim.api.nvim_buf_get_changedtick(0)
  change()
  wait(what, function() return vim.api.nvim_buf_get_changedtick(0) ~= before end)
end

local mode_before = vim.api.nvim_get_mode
local verbs = {}

function verbs.open(step)
  vim.cmd('edit ' .. vim.fn.fnameescape(step.file))
  wait('the server', function() return client() ~= nil end)
  return { findings = findings(step.findings) }
end

function verbs.edit(step)
  local row, first, last = place(step.replace)
  vim.api.nvim_buf_set_text(0, row, first, row, last, { step.by })
  return { findings = findings(step.findings) }
end

-- Neovim shows what comes while somebody types. Nobody does here, so it is told that they do, and asked what it shows.
function verbs.complete(step)
  vim.o.virtualedit = 'onemore' -- the cursor stands behind the last character, as while typing
  put_cursor(step.behind, true)
  local shown
  vim.api.nvim_get_mode = function() return { mode = 'i', blocking = false } end
  vim.fn.mode = function() return 'i' end
  vim.fn.complete = function(_, items) shown = items end
  vim.lsp.omnifunc(1, '')
  wait('completion', function() return shown ~= nil end)
  vim.api.nvim_get_mode, vim.fn.mode, vim.fn.complete = mode_before, nil, nil
  return { items = vim.tbl_map(function(item) return item.abbr or item.word end, shown) }
end

function verbs.hover(step)
  put_cursor(step.on)
  local window
  vim.lsp.buf.hover()
  wait('hover', function()
    for _, it in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(it).relative ~= '' then window = it end
    end
    return window ~= nil
  end)
  local text = text_of(vim.api.nvim_win_get_buf(window))
  vim.api.nvim_win_close(window, true)
  return { hover = text }
end

function verbs.rename(step)
  put_cursor(step.on)
  until_changed('renaming', function() vim.lsp.buf.rename(step.to) end)
  return { texts = texts() }
end

function verbs.format()
  until_changed('formatting', version.format)
  return { texts = texts() }
end

function verbs.fix(step)
  put_cursor(step.on)
  vim.ui.select = function(items, _, choose)
    for at, item in ipairs(items) do
      if version.action_of(item).isPreferred then return choose(item, at) end
    end
    fail('no preferred fix')
  end
  until_changed('the fix', version.code_action)
  return { findings = findings(step.findings), texts = texts() }
end

-- Of the newest only: the names that Tree-sitter's queries give to what stands there.
-- The answer of a lens opens as a document, which is left again.
function verbs.lens(step)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.codelens.refresh({ bufnr = buffer })
  local lens
  wait('lenses', function()
    for _, it in ipairs(vim.lsp.codelens.get(buffer)) do
      if it.command.title:find(step.on, 1, true) then lens = it end
    end
    return lens ~= nil
  end)
  client():exec_cmd(lens.command, { bufnr = buffer })
  wait('the answer', function() return vim.api.nvim_get_current_buf() ~= buffer end)
  local answer = text_of(0)
  vim.cmd.buffer(buffer)
  return { title = lens.command.title, answer = answer }
end

function verbs.colours(step)
  local row, column = place(step.on)
  vim.treesitter.get_parser(0):parse()
  local captures = vim.treesitter.get_captures_at_pos(0, row, column)
  return { colours = vim.tbl_map(function(it) return it.capture end, captures) }
end

function verbs.shutdown()
  local it = client()
  version.stop(it)
  wait('the end of the server', function() return version.is_stopped(it) end)
  return {}
end

function verbs.exit()
  version.exit(client())
  return {}
end

function verbs.die()
  vim.wait(600000, function() return false end)
end

local function follow()
  local report = assert(io.open(os.getenv('LQL_REPORT'), 'a'))
  for _, step in ipairs(vim.fn.json_decode(read(os.getenv('LQL_SESSION'))).steps) do
    report:write(vim.fn.json_encode(verbs[step['do']](step)) .. '\n')
    report:flush()
  end
end

local went_well, why = pcall(follow)
if went_well then
  vim.cmd('qall!')
else
  io.stderr:write(tostring(why) .. '\n')
  vim.cmd('cquit 1')
end
