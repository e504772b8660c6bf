;;; emacs.el --- Emacs with Eglot, in batch  -*- lexical-binding: t -*-

;; `emacs --batch -q -f package-initialize -l SETUP -l emacs.el' in the project's folder, where SETUP is the text of docs/editors.md.

;;; Code:

(require 'eglot)
(require 'json)

(defconst patience 20 "Seconds that anything may take on a busy machine.")

;; Nobody is there to answer questions: the editor asks which of several fixes, and whether to change other files.
(setq completing-read-function
      (lambda (_prompt choices &rest rest) (or (nth 4 rest) (caar choices)))
      eglot-autoreconnect nil
      eglot-confirm-server-initiated-edits nil
      inhibit-message t)

(defun wait (what is-so)
  "Wait until IS-SO, or fail for WHAT."
  (let ((end (time-add nil patience)))
    (while (and (not (funcall is-so)) (time-less-p nil end))
      (accept-process-output nil 0.02))
    (unless (funcall is-so) (error "Waited in vain for %s" what))))

(defun place (needle)
  "Put point where NEEDLE begins; give where it ends."
  (goto-char (point-min))
  (search-forward needle)
  (prog1 (point) (goto-char (match-beginning 0))))

(defun findings (count)
  "What Flymake underlines, once there are COUNT of it.  Columns of Emacs are characters."
  (when count
    (let ((end (time-add nil patience)))
      (while (and (or (/= (length (flymake-diagnostics)) count) (null (flymake-reporting-backends)))
                  (time-less-p nil end))
        (accept-process-output nil 0.02)))
    (vconcat
     (mapcar
      (lambda (it)
        (let ((start (flymake-diagnostic-beg it)))
          (save-excursion
            (goto-char start)
            `((line . ,(line-number-at-pos))
              (column . ,(- start (line-beginning-position)))
              (unit . "utf-32")
              (text . ,(buffer-substring-no-properties start (flymake-diagnostic-end it)))
              (says . ,(flymake-diagnostic-text it))))))
      (flymake-diagnostics)))))

(defun texts ()
  "The texts of all open files of the language."
  (let (all)
    (dolist (buffer (buffer-list) all)
      (with-current-buffer buffer
        (when (derived-mode-p 'lql-mode)
          (push (cons (intern (file-relative-name buffer-file-name project))
                      (buffer-substring-no-properties (point-min) (point-max)))
                all))))))

(defun tell ()
  "Send edits now instead of when somebody pauses."
  (eglot--signal-textDocument/didChange))

(defvar project default-directory)

(defun do-open (step)
  (switch-to-buffer (find-file-noselect (expand-file-name (alist-get 'file step) project)))
  ;; What the setup asks for starts with the next command that somebody gives.
  (run-hooks 'post-command-hook)
  (wait "the server" #'eglot-managed-p)
  (flymake-start)
  `((findings . ,(findings (alist-get 'findings step)))))

(defun do-edit (step)
  (let ((end (place (alist-get 'replace step))))
    (delete-region (point) end)
    (insert (alist-get 'by step))
    (tell))
  `((findings . ,(findings (alist-get 'findings step)))))

(defun do-complete (step)
  (goto-char (place (alist-get 'behind step)))
  (pcase-let* ((`(,start ,end ,table . ,_) (run-hook-with-args-until-success 'completion-at-point-functions))
               (typed (buffer-substring-no-properties start end)))
    `((items . ,(vconcat (mapcar #'substring-no-properties (all-completions typed table)))))))

(defun do-hover (step)
  (place (alist-get 'on step))
  (let (shown)
    (eglot-hover-eldoc-function (lambda (text &rest _) (when text (setq shown text))))
    (wait "hover" (lambda () shown))
    `((hover . ,(substring-no-properties shown)))))

(defun do-rename (step)
  (place (alist-get 'on step))
  (eglot-rename (alist-get 'to step))
  (tell)
  `((texts . ,(texts))))

(defun do-format (_step)
  (eglot-format-buffer)
  (tell)
  `((texts . ,(texts))))

(defun do-fix (step)
  (let ((end (place (alist-get 'on step))))
    (eglot-code-actions (point) end "quickfix" t)
    (tell))
  `((findings . ,(findings (alist-get 'findings step))) (texts . ,(texts))))

(defun do-shutdown (step)
  ;; What `eglot-shutdown' does, except that it kills the server right after the last word.
  (setf (eglot--shutdown-requested (eglot-current-server)) t)
  (jsonrpc-request (eglot-current-server) :shutdown nil)
  (do-exit step))

(defun do-exit (_step)
  (let ((process (jsonrpc--process (eglot-current-server))))
    (jsonrpc-notify (eglot-current-server) :exit nil)
    (wait "the end of the server" (lambda () (not (process-live-p process)))))
  nil)

(defun do-die (_step)
  (while t (accept-process-output nil 1)))

(defun read-session ()
  (let ((json-array-type 'list))
    (alist-get 'steps (json-read-file (getenv "LQL_SESSION")))))

(dolist (step (read-session))
  (let* ((seen (funcall (intern (concat "do-" (alist-get 'do step))) step))
         (line (concat (json-encode (or seen (make-hash-table))) "\n"))
         (coding-system-for-write 'utf-8))
    (write-region line nil (getenv "LQL_REPORT") 'append 'quiet)))

;;; emacs.el ends here
