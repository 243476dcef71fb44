-- The set-up that apps/assistant/src/lsp/README.md gives for Neovim, with the test's command line in place of `cloud-code lsp`.
vim.o.completeopt = "menu,menuone,noselect"
vim.o.swapfile = false

local command = vim.fn.json_decode(vim.env.CLOUD_CODE_COMMAND)

local clients = {}

vim.api.nvim_create_autocmd("FileType", {
  pattern = {
    "typescript", "typescriptreact", "javascript", "javascriptreact", "java", "python", "go", "rust", "c", "cpp", "cs", "php", "ruby",
  },
  callback = function(event)
    local repository = vim.fn.finddir(".git", vim.fn.expand("%:p:h") .. ";")
    local root = repository ~= "" and vim.fn.fnamemodify(repository, ":p:h:h") or vim.fn.getcwd()
    -- One server for all files of a project. Neovim 0.8 and later do the same with vim.lsp.start.
    clients[root] = clients[root]
      or vim.lsp.start_client({
        name = "cloud-code",
        cmd = command,
        root_dir = root,
        on_exit = function() clients[root] = nil end,
      })
    vim.lsp.buf_attach_client(event.buf, clients[root])
    vim.bo[event.buf].omnifunc = "v:lua.vim.lsp.omnifunc"
  end,
})

-- Tells the server which item was accepted.
vim.api.nvim_create_autocmd("CompleteDone", {
  callback = function()
    local item = vim.tbl_get(vim.v.completed_item, "user_data", "nvim", "lsp", "completion_item") or {}
    if item.command and item.command.command == "cloud-code.accepted" then vim.lsp.buf.execute_command(item.command) end
  end,
})

-- Ghost text by hand, for a Neovim that has no inline completion of its own (before 0.12): insert the likeliest rest of the line.
function _G.cloud_code_insert()
  local params = vim.lsp.util.make_position_params()
  params.context = { triggerKind = 1 }
  local answers = vim.lsp.buf_request_sync(0, "textDocument/inlineCompletion", params, 2000) or {}
  for _, answer in pairs(answers) do
    local item = answer.result and answer.result.items[1]
    if item then
      vim.lsp.util.apply_text_edits({ { range = item.range, newText = item.insertText } }, 0, "utf-16")
      vim.lsp.buf.execute_command(item.command)
      vim.cmd("normal! $")
      return
    end
  end
end
vim.keymap.set("i", "<C-g><C-g>", "<Cmd>lua cloud_code_insert()<CR>")
